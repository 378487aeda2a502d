"""A generous limit per key or member, so that one runaway script cannot take the machine from everyone."""

import math
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from workspaces.actor import Actor

WINDOW_SECONDS = 60

log = structlog.get_logger(__name__)

# A process tells Redis of its requests in steps of a hundredth of the limit: most requests cost no round trip, and the
# limit is overstepped by no more than that per process.
STEPS = 100


class Tally:
    """What this process has counted in the present minute. told: the total that Redis knew when last told."""

    def __init__(self):
        self.minute = 0
        self.untold: dict[str, int] = {}
        self.told: dict[str, int] = {}
        self.has_complained = False

    def add(self, actor: str, minute: int, step: int) -> int:
        """Count one request and return how many the actor has made in this minute, as far as is known here."""
        if minute != self.minute:
            self.minute, self.untold, self.told, self.has_complained = minute, {}, {}, False
        untold = self.untold.get(actor, 0) + 1
        if untold >= step:
            self.told[actor], untold = self._tell(f"api-requests:{actor}:{minute}", untold), 0
        self.untold[actor] = untold
        return self.told.get(actor, 0) + untold

    def _tell(self, counter: str, count: int) -> int:
        """Add to the counter in Redis and return it. Without Redis nothing is limited: the web stays up."""
        try:
            try:
                return cache.incr(counter, count)
            except ValueError:
                return count if cache.add(counter, count, WINDOW_SECONDS * 2) else cache.incr(counter, count)
        except (RedisError, OSError) as exc:
            if not self.has_complained:
                log.warning("api_limits_not_counted", error=type(exc).__name__)
                self.has_complained = True
            return 0


tally = Tally()


@dataclass(frozen=True)
class Allowance:
    """What a key or member has of the present minute of the clock. used: this request included. reset: seconds left."""

    limit: int
    used: int
    reset: int

    @property
    def is_spent(self) -> bool:
        return self.used > self.limit

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.reset),
        }


def one_more(actor: Actor, *, now: float, tally: Tally = tally) -> Allowance:
    """Count a request against ``API_REQUESTS_PER_MINUTE``. Counted by who asks, never by an address: a header that a
    client writes itself changes nothing.
    """
    limit = settings.API_REQUESTS_PER_MINUTE
    who = str(actor.api_key_id or actor.user_id)
    used = tally.add(who, int(now // WINDOW_SECONDS), max(1, limit // STEPS))
    return Allowance(limit, used, math.ceil(WINDOW_SECONDS - now % WINDOW_SECONDS))
