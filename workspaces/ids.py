"""Ids: which texts are some; and time-ordered ones made here rather than by the database, for rows that name each other
in one bulk write.
"""

import re
import secrets
import time
from typing import Any
from uuid import UUID

UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_latest = 0


def is_uuid(value: Any) -> bool:
    """Whether a text is an id as the database writes one; what is none must not reach a query."""
    return UUID_FORM.fullmatch(str(value)) is not None


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562) of the form of Postgres's `uuidv7()`: milliseconds since 1970, twelve bits of the
    millisecond's fraction, then chance. Ids made by one process ascend, so that a batch keeps its order.
    """
    global _latest
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    _latest = max(milliseconds << 12 | (rest << 12) // 1_000_000, _latest + 1)
    return UUID(int=_latest >> 12 << 80 | 7 << 76 | (_latest & 0xFFF) << 64 | 2 << 62 | secrets.randbits(62))
