"""`Idempotency-Key`: a write that is sent again gets the answer of the first time, to the byte, for a day."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection

from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext as _

from b2bops.api.errors import ApiError, conflict, invalid
from b2bops.api.preconditions import tag
from workspaces.models import IdempotencyKey

LONGEST_KEY = 255


class Replay(Exception):
    """The request was answered before; carries that answer."""

    def __init__(self, answer: HttpResponse):
        super().__init__()
        self.answer = answer


class OnceOnly:
    """One key of one workspace during one request. The lock ends with the request's transaction, which is also the one
    that keeps the answer: a crash keeps neither the write nor the answer.
    """

    def __init__(
        self,
        *,
        workspace,
        key: str,
        request_hash: str,
        place_of: Callable[[str], str],
        tagged: Collection[int],
        at: dt.datetime,
    ):
        self.workspace, self.key, self.request_hash = workspace, key, request_hash
        self.place_of, self.tagged, self.at = place_of, tagged, at

    def claim(self) -> None:
        """Raises Replay when answered before, ApiError 409 while the first is running, 422 for another request."""
        name = f"idempotency:{self.workspace.pk}:{self.key}"
        with connection.cursor() as cursor:
            # Trying the lock rather than inserting a row: a second insert would wait for the first to commit.
            cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            if not cursor.fetchone()[0]:
                raise conflict(_("A request with this Idempotency-Key is still running."))
        kept = IdempotencyKey.objects.filter(
            workspace=self.workspace, key=self.key, created_at__gt=self.at - IdempotencyKey.KEPT
        ).first()
        if kept is None:
            return
        if kept.request_hash != self.request_hash:
            message = _("This Idempotency-Key was used for another request.")
            raise ApiError(422, "idempotency_mismatch", message)
        if kept.body is None:
            # SECRET_KEY was changed and forgotten meanwhile. Doing it all once more is what the key is to prevent.
            raise conflict(
                _("The answer to this Idempotency-Key can no longer be read. Look whether the write was done.")
            )
        answer = HttpResponse(kept.body, status=kept.status, content_type=kept.content_type or None)
        if not kept.content_type:
            del answer["Content-Type"]
        if kept.status in (201, 202):
            answer["Location"] = self.place_of(json.loads(bytes(kept.body))["id"])
        if kept.status in self.tagged:
            tag(answer)
        answer["Idempotent-Replayed"] = "true"
        raise Replay(answer)

    def keep(self, answer: HttpResponse) -> None:
        """Remember an answer below 500."""
        IdempotencyKey.objects.bulk_create(
            [
                IdempotencyKey(
                    workspace=self.workspace,
                    key=self.key,
                    request_hash=self.request_hash,
                    status=answer.status_code,
                    content_type=answer.get("Content-Type", ""),
                    body=answer.content,
                    created_at=self.at,
                )
            ],
            update_conflicts=True,
            unique_fields=["workspace", "key"],
            update_fields=["request_hash", "status", "content_type", "body", "created_at"],
        )


def once_only(request, *, place_of: Callable[[str], str], tagged: Collection[int], at: dt.datetime) -> OnceOnly | None:
    """The claim of a Django request that carries the header; None without one. Raises ApiError for an unusable key.

    place_of(id): where what the request makes stands; tagged: statuses of its answers that carry an ETag.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    key = key.strip()
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise invalid({"Idempotency-Key": [_("1 to 255 printable characters.")]})
    # The tail of the path, so that both doors to the same endpoint count as the same request.
    address = request.get_full_path().partition("/api/v1/")[2]
    head = f"{request.method} {address} {request.headers.get('If-Match', '')}\n"
    digest = hashlib.sha256(head.encode() + request.body).hexdigest()
    return OnceOnly(
        workspace=request.workspace,
        key=key,
        request_hash=digest,
        place_of=place_of,
        tagged=tagged,
        at=at,
    )
