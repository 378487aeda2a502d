"""Every refusal in one shape: ``{"error": {"code", "message", "fields", "request_id"}}``."""

import structlog
from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import IntegrityError
from django.http import Http404, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from psycopg2.errors import UniqueViolation
from rest_framework import exceptions as drf

from b2bops.api.answers import json_answer
from workspaces.batch import Conflict, Errors, InvalidRow
from workspaces.middleware.scope import is_api_path


class ApiError(Exception):
    """A refusal with its status and code. fields: field path → messages, where a field is to blame."""

    def __init__(self, status: int, code: str, message: str, fields: Errors | None = None, headers: dict | None = None):
        super().__init__(code)
        self.status, self.code, self.message = status, code, message
        self.fields, self.headers = fields or {}, headers or {}


def invalid(fields: Errors) -> ApiError:
    return ApiError(400, "invalid", _("Some fields are not right."), fields)


def malformed(message: str) -> ApiError:
    return ApiError(400, "malformed", message)


def conflict(message: str, fields: Errors | None = None) -> ApiError:
    return ApiError(409, "conflict", message, fields)


def too_large(message: str) -> ApiError:
    return ApiError(413, "too_large", message)


def request_id() -> str | None:
    """The id under which the logs keep this request."""
    return structlog.contextvars.get_contextvars().get("request_id")


def error_answer(error: ApiError) -> HttpResponse:
    body = {"code": error.code, "message": error.message, "fields": error.fields, "request_id": request_id()}
    return json_answer({"error": body}, error.status, error.headers)


def as_api_error(exc: Exception) -> ApiError | None:
    """The refusal that an exception of the product or of the framework stands for; None for a fault of ours."""
    match exc:
        case ApiError():
            return exc
        case Conflict():
            return conflict(_("It exists already."), exc.errors)
        case InvalidRow():
            return invalid(exc.errors)
        case Http404() | ObjectDoesNotExist() | drf.NotFound():
            return ApiError(404, "not_found", _("There is nothing at this address."))
        case PermissionDenied() | drf.PermissionDenied():
            return ApiError(403, "permission_denied", _("This key or role may not do that."))
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return ApiError(
                401,
                "not_authenticated",
                _("A valid API key is needed: Authorization: Bearer KEY."),
                headers={"WWW-Authenticate": 'Bearer realm="api"'},
            )
        case drf.MethodNotAllowed():
            return ApiError(405, "method_not_allowed", _("This address does not take that method."))
        case drf.Throttled():
            wait = str(max(1, round(exc.wait or 1)))  # type: ignore[attr-defined]  # the stubs forget it
            return ApiError(429, "throttled", _("Too many requests; try again later."), headers={"Retry-After": wait})
        case RequestDataTooBig():
            return too_large(_("The body is too large."))
        case UnreadablePostError() | BadRequest() | SuspiciousOperation():
            return malformed(_("The request could not be read."))
        case IntegrityError() if isinstance(exc.__cause__, UniqueViolation):
            return conflict(_("Another request wrote the same at the same time."))
    return None


def exception_handler(exc, context) -> HttpResponse | None:
    """For REST framework; None lets the exception go up, where it is logged and answered as 500."""
    error = as_api_error(exc)
    if error is None:
        return None
    answer = error_answer(error)
    if error.status == 405:
        answer["Allow"] = ", ".join(context["view"].allowed_methods)
    return answer


# What Django answers when no view did (b2bops.urls names these as its handlers): JSON under the API, pages elsewhere.


def bad_request(request, exception, **kwargs):
    if is_api_path(request.path_info):
        return error_answer(as_api_error(exception) or malformed(_("The request could not be read.")))
    return defaults.bad_request(request, exception, **kwargs)


def permission_denied(request, exception, **kwargs):
    if is_api_path(request.path_info):
        return error_answer(as_api_error(PermissionDenied()))
    return defaults.permission_denied(request, exception, **kwargs)


def page_not_found(request, exception, **kwargs):
    if is_api_path(request.path_info):
        return error_answer(as_api_error(Http404()))
    return defaults.page_not_found(request, exception, **kwargs)


def server_error(request, **kwargs):
    if is_api_path(request.path_info):
        message = _("Something went wrong on our side. The request id helps to find it.")
        return error_answer(ApiError(500, "server_error", message))
    return defaults.server_error(request, **kwargs)


@csrf_exempt  # or a write to a wrong address would be answered by the page about missing tokens
def no_such_address(request, **kwargs):
    """The view behind every address under the API that no other view has."""
    return page_not_found(request, Http404())
