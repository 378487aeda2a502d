"""Time-ordered ids made here rather than by the database, for rows that name each other in one bulk write."""

import secrets
import time
from uuid import UUID


def uuid7() -> UUID:
    """A version 7 UUID (RFC 9562): milliseconds since 1970, then chance. The same form as Postgres's `uuidv7()`."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | (7 << 76)
    value = value & ~(0x3 << 62) | (2 << 62)
    return UUID(int=value)
