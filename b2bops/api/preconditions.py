"""ETags: a reader that has the answer already gets 304, a writer that saw an older state gets 412.

The tag is made of the answer's own bytes, so it says nothing that the answer does not, and no clock is in it.
"""

import hashlib

from django.http import HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from b2bops.api.errors import ApiError


def etag_of(content: bytes) -> str:
    """The strong entity tag of a body."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def tag(answer: HttpResponse) -> HttpResponse:
    answer["ETag"] = etag_of(answer.content)
    return answer


def unless_known(request, answer: HttpResponse) -> HttpResponse:
    """The answer to a read with its tag, or 304 without a body when `If-None-Match` names it."""
    tag(answer)
    known = request.headers.get("If-None-Match")
    if known is None:
        return answer
    tags = [one.removeprefix("W/") for one in parse_etags(known)]
    if "*" not in tags and answer["ETag"] not in tags:
        return answer
    unchanged = HttpResponse(status=304)
    del unchanged["Content-Type"]
    unchanged["ETag"] = answer["ETag"]
    return unchanged


def require_match(request, content: bytes) -> None:
    """Raises ApiError (412) when `If-Match` names none of what stands now: `content`, as a read would answer it."""
    tags = parse_etags(request.headers["If-Match"])
    if "*" not in tags and etag_of(content) not in tags:
        raise ApiError(412, "precondition_failed", _("It has changed since you read it; read it again."))
