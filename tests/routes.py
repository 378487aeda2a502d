"""Every route of the product, read from the URL resolver, so that none can be forgotten."""

import re
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from tests.route_cases import FIXED


@dataclass(frozen=True)
class Route:
    """pattern: as in urls.py, without anchors. name: with its namespaces; empty for the catch-all of the API."""

    pattern: str
    name: str
    parameters: frozenset[str]

    @property
    def is_tenant_page(self) -> bool:
        return self.pattern.startswith("w/<slug:slug>/") and not self.is_api

    @property
    def is_api(self) -> bool:
        return bool(re.match(r"(w/<slug:slug>/)?api/", self.pattern))

    @property
    def is_catch_all(self) -> bool:
        return not self.name or self.name.endswith(":")

    def path(self, **values) -> str:
        """The address with its parameters filled in."""
        values = FIXED | values
        return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(values[found[1]]), self.pattern)


def all_routes() -> list[Route]:
    def walk(patterns, prefix, namespaces):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern), inner)
            elif isinstance(pattern, URLPattern):
                text = prefix + str(pattern.pattern)
                parameters = frozenset(re.findall(r"<\w+:(\w+)>", text)) - {"slug", *FIXED}
                yield Route(text, ":".join((*namespaces, pattern.name or "")), parameters)

    return list(walk(get_resolver().url_patterns, "", ()))
