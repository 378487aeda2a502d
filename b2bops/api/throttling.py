"""A generous limit per key or member, so that one runaway script cannot take the machine from everyone."""

import time

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.throttling import BaseThrottle

WINDOW_SECONDS = 60


class PerActor(BaseThrottle):
    """At most ``API_REQUESTS_PER_MINUTE`` requests in a minute of the clock; one counter per actor, in Redis.

    Without Redis nothing is limited: the web stays up.
    """

    def allow_request(self, request, view) -> bool:
        actor = request.actor
        now = time.time()
        self.left = WINDOW_SECONDS - now % WINDOW_SECONDS
        counter = f"api-requests:{actor.api_key_id or actor.user_id}:{int(now // WINDOW_SECONDS)}"
        try:
            try:
                count = cache.incr(counter)
            except ValueError:
                count = 1 if cache.add(counter, 1, WINDOW_SECONDS * 2) else cache.incr(counter)
        except (RedisError, OSError):
            return True
        return count <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        return self.left
