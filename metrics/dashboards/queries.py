"""Reads of dashboards and of who opens with which."""

from django.db.models import Q, QuerySet

from metrics.models import Dashboard, StartPage
from workspaces import roles
from workspaces.actor import Actor


def visible_dashboards(workspace, user_id) -> QuerySet[Dashboard]:
    """Those that a user may see, in the order in which they were made: shared ones and their own."""
    own = Q(owner__user=user_id) if user_id is not None else Q()
    found = Dashboard.objects.filter(Q(is_shared=True) | own, workspace=workspace)
    return found.select_related("owner__user").order_by("pk")


def is_own(dashboard: Dashboard, by: Actor) -> bool:
    return by.user_id is not None and dashboard.owner.user_id == by.user_id


def may_change(dashboard: Dashboard, by: Actor) -> bool:
    """Whether the actor may change or remove a dashboard that they see: their own, and when they write, shared ones."""
    return is_own(dashboard, by) or (dashboard.is_shared and by.has_permission(roles.EDIT_FACTS))


def start_page_of(workspace, member) -> StartPage:
    """A member's choice; unsaved, the usual one, while there is none."""
    chosen = StartPage.objects.filter(workspace=workspace, member=member).first()
    return chosen or StartPage(workspace=workspace, member=member)


def dashboard_opened(workspace, member) -> Dashboard | None:
    """The dashboard that opens for a member: their default one, else the first of their own, else the first shared one."""
    found = list(visible_dashboards(workspace, member.user_id))
    default = start_page_of(workspace, member).dashboard_id
    own = [one for one in found if one.owner_id == member.pk]
    return next((one for one in found if one.pk == default), None) or next(iter([*own, *found]), None)
