"""Is it up: for load balancers (`livez`) and for people and the starter (`healthz`)."""

from django.conf import settings
from django.db import connection
from django.http import HttpResponse, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

from b2bops.celery import app


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Exception:
        return False
    return True


def _redis_answers() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def _worker_answers() -> bool:
    try:
        return bool(app.control.inspect(timeout=1.5, limit=1).ping())
    except Exception:
        return False


def livez(request):
    """200 when web and database answer."""
    if _database_answers():
        return HttpResponse("ok", content_type="text/plain")
    return HttpResponse("database", status=503, content_type="text/plain")


def healthz(request):
    """200 when web, database, Redis and a worker answer; else 503 naming what does not."""
    answers = {"database": _database_answers(), "redis": _redis_answers()}
    answers["worker"] = answers["redis"] and _worker_answers()
    silent = [name for name, answer in answers.items() if not answer]
    return JsonResponse({"status": "unavailable" if silent else "ok", "silent": silent}, status=503 if silent else 200)
