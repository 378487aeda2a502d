"""What must not stand in logs is taken out here, last before a line is written, whoever wrote it."""

import re
from collections.abc import MutableMapping
from typing import Any

# Links that open something for whoever holds them: invitations, the first owner's, password resets, public links, and
# the one that ends a digest.
SECRET_LINK = re.compile(r"(/(?:invitation|welcome|password/reset/key|shared|digest/unsubscribe)/)[^/\s\"'?]+")
# What people search for names customers.
QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']*")
# Where Postgres quotes the row or the statement it refused. A quoted value may have lines of its own, so everything goes
# up to the next exception of a chain. In the repr of an exception the line break is written as backslash and n.
QUOTED_ROW = re.compile(
    r"(?:\n|\\n)[ |]*(?:DETAIL|CONTEXT|QUERY|LINE \d+):.*?"
    r"(?=\s+(?:\| )?(?:The above exception was the direct|During handling of the above) |\Z)",
    re.DOTALL,
)


def mask_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: texts of a log line without secret links, query strings and quoted rows."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = masked(value)
    return event


def masked(text: str) -> str:
    return QUERY.sub(r"\1?…", SECRET_LINK.sub(r"\1…", QUOTED_ROW.sub("", text)))
