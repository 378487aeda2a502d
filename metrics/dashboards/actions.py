"""Dashboards: making, arranging, sharing and removing one, and with what a workspace opens for a member.

What becomes of shared ones stands in the trail; private ones, and with what somebody opens, concern nobody else.
"""

from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from metrics.dashboards.parts import (
    MOST_PARTS,
    Part,
    arranged,
    is_possible,
    read_parts,
    usual,
    with_part,
    written,
)
from metrics.dashboards.queries import is_own, may_change, visible_dashboards
from metrics.models import Dashboard, StartPage
from workspaces import roles
from workspaces.activity import difference, record
from workspaces.actor import Actor
from workspaces.models import Membership

MOST_DASHBOARDS = 50


@transaction.atomic
def make_dashboard(
    *, workspace, name: str, is_shared: bool, by: Actor, is_empty: bool = False, like: Dashboard | None = None
) -> Dashboard:
    """A dashboard of the actor's with the usual parts, with none, or with those of another one that they see. Raises
    ValidationError keyed by field.
    """
    by.require(roles.EDIT_FACTS if is_shared else roles.VIEW)
    owner = _member(workspace, by)
    if Dashboard.objects.filter(workspace=workspace, owner=owner).count() >= MOST_DASHBOARDS:
        raise ValidationError({"name": [_("You have %(most)s dashboards already.") % {"most": MOST_DASHBOARDS}]})
    parts = read_parts(like.parts) if like else [] if is_empty else usual()
    dashboard = Dashboard(workspace=workspace, owner=owner, parts=written(parts))
    _name(dashboard, name, is_shared=is_shared, by=by)
    dashboard.save(force_insert=True)
    if dashboard.is_shared:
        record(workspace=workspace, by=by, verb="created", subject=dashboard, after=_facts(dashboard))
    return dashboard


@transaction.atomic
def change_dashboard(*, workspace, pk, name: str, is_shared: bool, by: Actor) -> Dashboard:
    """Rename a dashboard and say whether everybody sees it, which only its owner decides; of others' it stays as it is.

    Raises Dashboard.DoesNotExist, and ValidationError keyed by field.
    """
    dashboard = _changeable(workspace, pk, by)
    before = _facts(dashboard)
    if is_own(dashboard, by) and is_shared != dashboard.is_shared:
        by.require(roles.EDIT_FACTS)
    else:
        is_shared = dashboard.is_shared
    _name(dashboard, name, is_shared=is_shared, by=by)
    return _save(dashboard, before, by)


@transaction.atomic
def add_part(*, workspace, pk, kind: str, key: str, by: Actor) -> Dashboard:
    """Put a tile or chart at the end. Raises Dashboard.DoesNotExist, and ValidationError."""
    dashboard = _changeable(workspace, pk, by)
    before, parts = _facts(dashboard), read_parts(dashboard.parts)
    if not is_possible(kind, key):
        raise ValidationError(_("There is no such tile or chart."))
    if len(parts) >= MOST_PARTS:
        raise ValidationError(_("A dashboard holds at most %(most)s tiles and charts.") % {"most": MOST_PARTS})
    return _lay(dashboard, with_part(parts, kind, key), before, by)


@transaction.atomic
def arrange_parts(
    *, workspace, pk, order: Sequence[str], sizes: Mapping[str, str], removed: Sequence[str], by: Actor
) -> Dashboard:
    """Other order and sizes, by the parts' ids, and without the removed ones. Raises Dashboard.DoesNotExist."""
    dashboard = _changeable(workspace, pk, by)
    before = _facts(dashboard)
    return _lay(dashboard, arranged(read_parts(dashboard.parts), order, sizes, removed), before, by)


@transaction.atomic
def remove_dashboard(*, workspace, pk, by: Actor) -> Dashboard:
    """Remove a dashboard, also for those who open with it. Raises Dashboard.DoesNotExist."""
    dashboard = _changeable(workspace, pk, by)
    if dashboard.is_shared:
        record(workspace=workspace, by=by, verb="removed", subject=dashboard, before=_facts(dashboard))
    Dashboard.objects.filter(workspace=workspace, pk=dashboard.pk).delete()
    return dashboard


@transaction.atomic
def set_start_page(*, workspace, opens: str, by: Actor) -> StartPage:
    """With what the workspace opens for the actor after signing in (StartPage.Opens)."""
    by.require(roles.VIEW)
    return _start(workspace, by, opens=opens)


@transaction.atomic
def set_default_dashboard(*, workspace, pk, by: Actor) -> StartPage:
    """Open "Dashboards" with this one for the actor. Raises Dashboard.DoesNotExist for one that they may not see."""
    by.require(roles.VIEW)
    return _start(workspace, by, dashboard=visible_dashboards(workspace, by.user_id).get(pk=pk))


def _start(workspace, by: Actor, **values) -> StartPage:
    member = _member(workspace, by)
    return StartPage.objects.update_or_create(workspace=workspace, member=member, defaults=values)[0]


def _changeable(workspace, pk, by: Actor) -> Dashboard:
    by.require(roles.VIEW)
    dashboard = visible_dashboards(workspace, by.user_id).select_for_update(of=("self",)).get(pk=pk)
    if not may_change(dashboard, by):
        raise PermissionDenied(roles.EDIT_FACTS)
    return dashboard


def _member(workspace, by: Actor) -> Membership:
    """The acting member; keys and the product itself look at no dashboards."""
    member = Membership.objects.filter(workspace=workspace, user=by.user_id).first() if by.user_id else None
    if member is None:
        raise PermissionDenied(roles.VIEW)
    return member


def _name(dashboard: Dashboard, name: str, *, is_shared: bool, by: Actor) -> None:
    dashboard.name, dashboard.is_shared = " ".join(name.replace("\x00", "").split()), is_shared
    dashboard.clean_fields(exclude=["id", "workspace", "owner", "parts"])
    others = visible_dashboards(dashboard.workspace, by.user_id).filter(name=dashboard.name)
    if others.exclude(pk=dashboard.pk).exists():
        raise ValidationError({"name": [_("There is a dashboard of this name already.")]})


def _lay(dashboard: Dashboard, parts: Sequence[Part], before: dict, by: Actor) -> Dashboard:
    dashboard.parts = written(parts)
    return _save(dashboard, before, by)


def _save(dashboard: Dashboard, before: dict, by: Actor) -> Dashboard:
    was, now = difference(before, _facts(dashboard))
    if now:
        dashboard.updated_at = Now()
        dashboard.save(update_fields=["name", "is_shared", "parts", "updated_at"])
        if dashboard.is_shared or before["is_shared"]:
            workspace = dashboard.workspace
            record(workspace=workspace, by=by, verb="updated", subject=dashboard, before=was, after=now)
    return dashboard


def _facts(dashboard: Dashboard) -> dict:
    shown = [" ".join(filter(None, [part.kind, part.key, part.size])) for part in read_parts(dashboard.parts)]
    return {"name": dashboard.name, "is_shared": dashboard.is_shared, "shows": shown}
