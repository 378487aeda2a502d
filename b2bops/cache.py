"""The cache that limits are counted in. Nothing in it is missed when it is lost."""

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class SteadyRedisCache(RedisCache):
    """Redis, and while it does not answer this process's own memory.

    Sign-in counts failed attempts here: without Redis people still come in, and whoever guesses passwords is still
    stopped, only by each process for itself.
    """

    def __init__(self, server, params):
        super().__init__(server, params)
        self.own = LocMemCache("steady", params)

    def get(self, key, default=None, version=None):
        try:
            return super().get(key, default, version)
        except (RedisError, OSError):
            return self.own.get(key, default, version)

    def set(self, key, value, *args, **kwargs):
        try:
            return super().set(key, value, *args, **kwargs)
        except (RedisError, OSError):
            return self.own.set(key, value, *args, **kwargs)

    def add(self, key, value, *args, **kwargs):
        try:
            return super().add(key, value, *args, **kwargs)
        except (RedisError, OSError):
            return self.own.add(key, value, *args, **kwargs)

    def delete(self, key, version=None):
        try:
            return super().delete(key, version)
        except (RedisError, OSError):
            return self.own.delete(key, version)
