"""What a web server does once before it answers anybody."""

import gc
from pathlib import Path

from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.urls import URLResolver, get_resolver


def get_ready() -> None:
    """Read what the first requests would each read in their turn, and keep it out of the garbage collector's rounds.

    Gunicorn forks its workers after this: they share it all, and none of them goes through it again. A full collection
    took 115 to 140 ms of some request's time, and the first request 0.7 s, before this was done.
    """
    read_addresses(get_resolver())
    read_templates()
    gc.collect()
    gc.freeze()


def read_addresses(resolver: URLResolver) -> None:
    """Import the views behind every address, included ones among them."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            read_addresses(pattern)


def read_templates() -> None:
    """Compile the product's own templates; the loader keeps them."""
    django = engines["django"]
    assert isinstance(django, DjangoTemplates)
    engine = django.engine
    for folder in map(Path, engine.dirs):
        for path in sorted(folder.rglob("*.html")):
            engine.get_template(path.relative_to(folder).as_posix())
