"""The address of a list, made of what it carries."""

from collections.abc import Mapping
from urllib.parse import urlencode


def list_address(path: str, params: Mapping[str, str], at: str = "") -> str:
    """at: the id of what the reader stands on when it opens."""
    filled = {key: value for key, value in params.items() if value}
    query = f"?{urlencode(filled, safe=',:;')}" if filled else ""
    return f"{path}{query}{'#' if at else ''}{at}"
