"""Public links to a dashboard: making, opening and revoking them."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.http import QueryDict
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.conditions import SEGMENT, TEAM, NotOneFilter, read_conditions
from accounts.dimensions import dimension_of, parameter_of
from metrics.models import Dashboard, SharedLink, SharedPage
from metrics.slice_bar import EVERYBODY
from metrics.slices.reading import is_slicing, read_slice
from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.models import Membership
from workspaces.scope import workspace_scope

SUBJECT = "shared_link"
# What of a page's address makes it what it is, beside its slice.
CONTROLS = {
    SharedPage.OVERVIEW: ("period", "compare", "team"),
    SharedPage.BREAKDOWN: ("metric", "interval", "span", "compare", "period", "team"),
    SharedPage.COHORTS: ("by", "measure", "team"),
    SharedPage.UNIT_ECONOMICS: ("interval", "period", "team"),
    SharedPage.RENEWAL_RATES: ("interval", "team"),
    SharedPage.FORECAST: ("team",),
    SharedPage.DASHBOARD: ("interval", "period", "compare", "team"),
}
LONGEST = dt.timedelta(days=366)
SEEN_STEP = dt.timedelta(minutes=1)


def hash_token(token: str) -> str:
    """SHA-256 suffices for secrets that are random and long; hex, 64 characters."""
    return hashlib.sha256(token.encode()).hexdigest()


def query_of(page: str, asked: QueryDict, workspace, *, user_id) -> str:
    """The part of an address that a link keeps. A saved filter is written out: the link stays what it was when it was made,
    and shows nothing of a filter that is the maker's own. Raises InvalidRow.
    """
    pairs: list[tuple[str, str]] = []
    written_out: dict[str, list[str]] = {}
    if SEGMENT in asked:
        # With what narrows its fields further: beside each other in an address they would widen each other.
        written_out = {name: values for name, values in asked.lists() if name == SEGMENT or dimension_of(name)}
        found = read_conditions(workspace, written_out, user_id=user_id).as_json()
        if not all(found.values()):
            raise NotOneFilter({SEGMENT: [_("Nothing is left of the book that a link could show.")]})
        pairs += [(parameter_of(key), value) for key, some in found.items() for value in some]
    for name, values in asked.lists():
        if name not in written_out and (name in CONTROLS[SharedPage(page)] or is_slicing(name)):
            pairs += [(name, value) for value in values if value or name not in ("group_by", "rates_on")]
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        if is_slicing(name) and (name, value) != (TEAM, EVERYBODY):
            lists.setdefault(name, []).append(value)
    read_slice(workspace, lists, user_id=None)
    return urlencode(pairs)


@transaction.atomic
def share_dashboard(
    *,
    workspace,
    page: str,
    query: str,
    title: str,
    expires_at: dt.datetime,
    password: str = "",
    shows_names: bool = False,
    dashboard: Dashboard | None = None,
    by: Actor,
    at: dt.datetime,
) -> tuple[SharedLink, str]:
    """(the link, its token, which is not kept). dashboard: for the page of that name, one that `by` sees. Raises
    ValidationError keyed by field, PermissionDenied where the workspace permits no public links.
    """
    by.require(roles.EXPORT)
    by.require(roles.EDIT_FACTS)
    if not workspace.allows_public_links or by.user_id is None:
        raise PermissionDenied("public links")
    if (page == SharedPage.DASHBOARD) != (dashboard is not None):
        raise ValidationError({"page": [_("A dashboard has to be named.")]})
    if not at < expires_at <= at + LONGEST:
        raise ValidationError({"days": [_("At most a year.")]})
    if len(query) > 2000:
        raise ValidationError({"__all__": [_("These are more filters than a link can hold.")]})
    token = secrets.token_urlsafe(32)
    link = SharedLink(
        workspace=workspace,
        title=title,
        page=page,
        query=query,
        dashboard=dashboard,
        parts=dashboard.parts if dashboard else [],
        shows_names=shows_names,
        token_hash=hash_token(token),
        password=make_password(password) if password else "",
        created_by=Membership.objects.get(workspace=workspace, user=by.user_id),
        expires_at=expires_at,
    )
    link.save()
    told: dict[str, Any] = {"page": page, "narrowed_by": query or None, "expires_at": expires_at}
    told |= {"shows_names": shows_names, "has_password": bool(password)}
    if dashboard:
        told["dashboard"] = dashboard.name
    record(workspace=workspace, by=by, verb="created", subject=link, subject_type=SUBJECT, after=told)
    return link, token


@transaction.atomic
def revoke_link(*, workspace, pk, by: Actor, at: dt.datetime) -> SharedLink:
    """Whoever made it may, and owners. Raises SharedLink.DoesNotExist."""
    link = (
        SharedLink.objects.select_for_update(of=["self"]).select_related("created_by").get(workspace=workspace, pk=pk)
    )
    if by.user_id is None or link.created_by.user_id != by.user_id:
        by.require(roles.MANAGE_WORKSPACE)
    if link.revoked_at is None:
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
        record(workspace=workspace, by=by, verb="revoked", subject=link, subject_type=SUBJECT)
    return link


def open_link(token: str, at: dt.datetime) -> SharedLink | None:
    """The link of a token with its workspace and maker; None unless it is open. Needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute("select id, workspace_id from shared_link_by_hash(%s)", [hash_token(token)])
        row = cursor.fetchone()
    if row is None:
        return None
    pk, workspace_id = row
    with workspace_scope(workspace_id):
        links = SharedLink.objects.select_related("workspace", "created_by__user", "dashboard")
        link = links.filter(workspace=workspace_id, pk=pk).first()
        return link if link is not None and link.is_open_at(at) else None


def note_seen(link: SharedLink, at: dt.datetime) -> None:
    if link.last_seen_at is None or at - link.last_seen_at > SEEN_STEP:
        with workspace_scope(link.workspace_id):
            SharedLink.objects.filter(workspace=link.workspace_id, pk=link.pk).update(last_seen_at=at)


def is_password(link: SharedLink, password: str) -> bool:
    return check_password(password, link.password)


def proof_of(link: SharedLink) -> str:
    """What the browser of somebody who knew the password keeps; another password makes another one."""
    return salted_hmac("metrics.sharing", f"{link.pk} {link.password}", algorithm="sha256").hexdigest()


def is_proof(link: SharedLink, proof: str) -> bool:
    return constant_time_compare(proof_of(link), proof)


def links_of(workspace) -> Sequence[SharedLink]:
    links = SharedLink.objects.filter(workspace=workspace).select_related("workspace", "created_by__user", "dashboard")
    return list(links.order_by("-id")[:200])
