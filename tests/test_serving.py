"""Before the first request, everything is read that requests share, and the collector leaves it alone."""

import gc

from django.template import engines
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from b2bops.serving import get_ready


def test_a_server_has_read_everything_before_it_answers():
    before = gc.get_freeze_count()
    try:
        get_ready()
        assert gc.get_freeze_count() > before + 100_000
    finally:
        gc.unfreeze()
    included = [one for one in get_resolver().url_patterns if isinstance(one, URLResolver)]
    assert included
    # What is read stays with the resolver and the loader, which do not read it again.
    assert all("url_patterns" in vars(one) for one in included)
    kept = engines["django"].engine.template_loaders[0].get_template_cache
    assert "shell/app.html" in kept
