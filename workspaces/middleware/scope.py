"""Puts every request under /w/<slug>/ and every API request into its workspace's scope, in one transaction.

Around the whole response, not the view alone: templates and serializers query lazily. What answers 5xx, or raises, is
rolled back whole.
"""

import re
from contextlib import ExitStack
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_resolver
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from workspaces.actor import key_actor, member_actor
from workspaces.api_keys import note_use, opened_api_key
from workspaces.middleware.language import read_in
from workspaces.models import Membership
from workspaces.notifications import unread_of_member
from workspaces.queries import workspaces_of
from workspaces.scope import workspace_scope
from workspaces.two_step import has_two_step

# What no workspace can be called does not reach the database.
WORKSPACE_PATH = re.compile(r"^/w/(?P<slug>[-a-zA-Z0-9_]+)/(?P<rest>.*)$")
API_PATH = "/api/v1/"


def is_api_path(path: str) -> bool:
    """Whether errors at this address are answered as JSON."""
    found = WORKSPACE_PATH.match(path)
    return path.startswith("/api/") or (found is not None and found["rest"].startswith("api/"))


def to_sign_in(request):
    """To the sign-in page, and from there back to what was looked at. The address of a form answers no GET, so that its
    page is what is gone back to; and a part of a page that asked for itself must not be given the sign-in page to put there.
    """
    is_part = bool(request.headers.get("HX-Request"))
    if request.method in ("GET", "HEAD") and not is_part:
        return redirect_to_login(request.get_full_path())
    here = urlsplit(request.headers.get("HX-Current-URL" if is_part else "Referer", ""))
    page = urlunsplit(("", "", here.path, here.query, "")) if here.netloc == request.get_host() else ""
    if not WORKSPACE_PATH.match(page):
        found = WORKSPACE_PATH.match(request.path_info)
        page = f"/w/{found['slug']}/" if found else "/"
    answer = redirect_to_login(page)
    return HttpResponse(headers={"HX-Redirect": answer.url}) if is_part else answer


class ScopeMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.workspace = request.member = request.actor = None
        if found := WORKSPACE_PATH.match(request.path_info):
            is_api = is_api_path(request.path_info)
            if not request.user.is_authenticated:
                if is_api:
                    return self.get_response(request)  # the API answers 401 in its own shape
                return to_sign_in(request)
            return self._as_member(request, found["slug"], door="api" if is_api else "page")
        if request.path_info.startswith(API_PATH):
            return self._as_key(request)
        if request.user.is_authenticated:
            read_in(request, request.user.language)
        return self.get_response(request)

    def _as_member(self, request, slug, *, door):
        # Those of the user, not this one alone: pages name them in the sidebar, which would ask once more.
        request.workspaces = workspaces_of(request.user)
        workspace = next((one for one in request.workspaces if one.slug == slug), None)
        if workspace is None:
            return self._not_found(request)
        with ExitStack() as stack:
            stack.enter_context(workspace_scope(workspace))
            # Times on its pages are the workspace's, wherever the reader sits.
            members = Membership.objects.select_related("user")
            if door == "page":
                # The bell of the shell, in the query that is asked anyway.
                members = members.annotate(unread=unread_of_member())
            member = members.filter(workspace=workspace, user=request.user, is_active=True).first()
            if member is None:
                stack.close()
                return self._not_found(request)
            stack.enter_context(timezone.override(workspace.zone))
            read_in(request, request.user.language, workspace.language)
            if workspace.requires_two_step and not has_two_step(request.user):
                stack.close()
                return self._needs_two_step(request, door)
            request.workspace, request.member = workspace, member
            request.actor = member_actor(member, door=door)
            answer = self._respond(request)
            # Where only forms lead to: opened from the address bar, say, a browser would show nothing at all.
            if answer.status_code == 405 and request.method == "GET" and door == "page":
                answer.content = render(request, "404.html").content
            return answer

    def _as_key(self, request):
        """A key that opens nothing is left to the view, which answers 401 in the API's own shape."""
        now = timezone.now()
        with opened_api_key(request.headers.get("Authorization", ""), at=now) as key:
            if key is None:
                return self.get_response(request)
            request.workspace, request.api_key = key.workspace, key
            request.actor = key_actor(key)
            response = self._respond(request)
        note_use(key, at=now)
        return response

    def _respond(self, request):
        response = self.get_response(request)
        if response.status_code >= 500 and connection.in_atomic_block:
            transaction.set_rollback(True)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def _needs_two_step(self, request, door):
        """Nothing of the workspace is shown before; members are led to where they set it up."""
        if door == "api":
            return get_resolver().resolve_error_handler(403)(request, exception=PermissionDenied())
        return redirect("mfa_activate_totp")

    def _not_found(self, request):
        """The same answer for "no such workspace" and "not yours"."""
        return get_resolver().resolve_error_handler(404)(request, exception=Http404())
