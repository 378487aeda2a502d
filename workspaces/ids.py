"""Time-ordered ids made here rather than by the database, for rows that name each other in one bulk write."""

import secrets
import time
from uuid import UUID

_latest = 0


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562) of the form of Postgres's `uuidv7()`: milliseconds since 1970, twelve bits of the
    millisecond's fraction, then chance. Ids made by one process ascend, so that a batch keeps its order.
    """
    global _latest
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    _latest = max(milliseconds << 12 | (rest << 12) // 1_000_000, _latest + 1)
    return UUID(int=_latest >> 12 << 80 | 7 << 76 | (_latest & 0xFFF) << 64 | 2 << 62 | secrets.randbits(62))
