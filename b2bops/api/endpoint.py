"""What every endpoint has in common: who may, how often, once only, and refusals in one shape."""

import time
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.views import APIView

from b2bops.api.authentication import KeyOrSession
from b2bops.api.errors import invalid, malformed, request_id
from b2bops.api.idempotency import Replay, once_only
from b2bops.api.openapi import DeclaredSchema, Schema
from b2bops.api.preconditions import unless_known
from b2bops.api.throttling import Allowance, one_more
from workspaces import roles

SAFE_METHODS = frozenset({"GET", "HEAD"})


class AlwaysJson(BaseContentNegotiation):
    """The API speaks JSON whatever the Accept header says."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Endpoint(APIView):
    """permissions: method → permission asked of the actor before the body is read; reading asks for `VIEW`.

    parameters: names that the query string may hold, per method; any other is refused rather than ignored, since a
    mistyped filter would return everything.
    """

    authentication_classes = [KeyOrSession]
    permission_classes: list = []
    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "head", "post", "patch", "delete"]
    permissions: Mapping[str, str] = {}
    # Statuses of answers to writes that carry an ETag, by method.
    tagged: Mapping[str, tuple[int, ...]] = {"POST": (201,), "PATCH": (200,)}
    schema = DeclaredSchema()
    once = None
    allowance: Allowance | None = None

    def operations(self) -> dict[str, dict]:
        """Method → operation for the OpenAPI document."""
        raise NotImplementedError

    def components(self) -> dict[str, Schema]:
        """Name → schema that the operations refer to."""
        return {}

    def webhooks(self) -> dict[str, dict]:
        """Name → request that we send of ourselves, for the OpenAPI document."""
        return {}

    def initial(self, request, *args, **kwargs):
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.perform_authentication(request)
        # Before permissions: a script that hammers what it may not have is stopped as well.
        self.check_throttles(request)
        self.check_permissions(request)
        if any("\x00" in text for name, words in request.GET.lists() for text in (name, *words)):
            raise malformed(_("The address holds characters that cannot be stored."))
        if request.method not in SAFE_METHODS and request.method in self.allowed_methods:
            once = once_only(
                request._request,
                place_of=lambda pk: self.place_of(request, pk),
                tagged=self.tagged.get(request.method, ()),
                at=timezone.now(),
            )
            if once is not None:
                once.claim()
                self.once = once

    def place_of(self, request, pk: str) -> str:
        """Where what was made by a POST to this address stands: below it."""
        return request.build_absolute_uri(f"{request.path}{pk}/")

    def check_throttles(self, request):
        self.allowance = one_more(request.actor, now=time.time())
        if self.allowance.is_spent:
            raise Throttled(self.allowance.reset)

    def check_permissions(self, request):
        default = roles.VIEW if request.method in SAFE_METHODS else None
        permission = self.permissions.get(request.method, default)
        if permission is not None and not request.actor.has_permission(permission):
            raise PermissionDenied(permission)

    def handle_exception(self, exc):
        if isinstance(exc, Replay):
            return exc.answer
        return super().handle_exception(exc)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.once is not None and response.status_code < 500:
            self.once.keep(response)
        if request.method in SAFE_METHODS and response.status_code == 200 and not response.streaming:
            response = unless_known(request, response)
        if self.allowance is not None:
            for name, value in self.allowance.headers.items():
                response[name] = value
        if identifier := request_id():
            response["X-Request-ID"] = identifier
        return response

    def refuse_unknown_parameters(self, request, known) -> None:
        if unknown := [name for name in request.GET if name not in known]:
            raise invalid({name[:100]: [_("Unknown parameter.")] for name in unknown})
