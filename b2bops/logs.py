"""What must not stand in logs is taken out here, last before a line is written, whoever wrote it."""

import re
from collections.abc import MutableMapping
from typing import Any

# Links that open something for whoever holds them: invitations, the first owner's, password resets.
SECRET_LINK = re.compile(r"(/(?:invitation|welcome|password/reset/key)/)[^/\s\"'?]+")
# What people search for names customers.
QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']*")


def mask_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: texts of a log line without secret links and query strings."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = masked(value)
    return event


def masked(text: str) -> str:
    return QUERY.sub(r"\1?…", SECRET_LINK.sub(r"\1…", text))
