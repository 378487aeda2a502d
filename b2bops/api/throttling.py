"""A generous limit per key or member, so that one runaway script cannot take the machine from everyone."""

import time

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60


# A process tells Redis of its requests in steps of a hundredth of the limit: most requests cost no round trip, and the
# limit is overstepped by no more than that per process.
STEPS = 100


class Tally:
    """What this process has counted in the present minute. told: the total that Redis knew when last told."""

    def __init__(self):
        self.minute = 0
        self.untold: dict[str, int] = {}
        self.told: dict[str, int] = {}

    def add(self, actor: str, minute: int, step: int) -> int:
        """Count one request and return how many the actor has made in this minute, as far as is known here."""
        if minute != self.minute:
            self.minute, self.untold, self.told = minute, {}, {}
        untold = self.untold.get(actor, 0) + 1
        if untold >= step:
            self.told[actor], untold = _tell(f"api-requests:{actor}:{minute}", untold), 0
        self.untold[actor] = untold
        return self.told.get(actor, 0) + untold


def _tell(counter: str, count: int) -> int:
    """Add to the counter in Redis and return it. Without Redis nothing is limited: the web stays up."""
    try:
        try:
            return cache.incr(counter, count)
        except ValueError:
            return count if cache.add(counter, count, WINDOW_SECONDS * 2) else cache.incr(counter, count)
    except (RedisError, OSError):
        return 0


tally = Tally()


class PerActor(BaseThrottle):
    """At most ``API_REQUESTS_PER_MINUTE`` requests of one key or member in a minute of the clock."""

    def allow_request(self, request, view) -> bool:
        now = time.time()
        self.left = WINDOW_SECONDS - now % WINDOW_SECONDS
        limit = settings.API_REQUESTS_PER_MINUTE
        actor = str(request.actor.api_key_id or request.actor.user_id)
        return tally.add(actor, int(now // WINDOW_SECONDS), max(1, limit // STEPS)) <= limit

    def wait(self) -> float:
        return self.left
