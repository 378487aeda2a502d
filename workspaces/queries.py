"""Reads across tenants' doors: which workspaces a person belongs to, who works in one."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from workspaces.actor import Actor, member_actor
from workspaces.models import (
    Activity,
    DefaultView,
    Membership,
    MetricSettings,
    SavedView,
    Team,
    User,
    Workspace,
)
from workspaces.pinyin import sort_key
from workspaces.roles import ROLES, Owner
from workspaces.scope import workspace_scope


def workspaces_of(user: User) -> list[Workspace]:
    """The workspaces where `user` is an active member, by name. Needs no scope: a narrow function gives the ids."""
    ids = RawSQL("select workspaces_of(%s)", [user.pk])
    return list(Workspace.objects.filter(pk__in=ids).order_by("name"))


def active_members(workspace):
    return Membership.objects.filter(workspace=workspace, is_active=True).select_related("user").order_by("user__email")


def name_behind(label: str) -> str:
    """How somebody is called whom a trail names by their mail address; anything else stays as it is."""
    user = User.objects.filter(email=label).first() if "@" in label else None
    return str(user) if user is not None else label


def name_in(field: str) -> Coalesce:
    """The same as an expression, of whom the text in `field` names."""
    named = User.objects.filter(email=OuterRef(field)).exclude(name="")
    return Coalesce(Subquery(named.values("name")[:1]), F(field))


def colleagues(workspace) -> list[Membership]:
    """The active members in the order of their names, as people are chosen from."""
    members = list(active_members(workspace))
    return sorted(members, key=lambda member: (sort_key(str(member), is_person=True), member.user.email))


def owner_of_some(user: User) -> Actor | None:
    """`user` as an owner of one of their workspaces, or None when they own none."""
    for workspace in workspaces_of(user):
        with workspace_scope(workspace):
            member = (
                Membership.objects.select_related("user")
                .filter(workspace=workspace, user=user, is_active=True, role=Owner.key)
                .first()
            )
        if member is not None:
            return member_actor(member)
    return None


def metric_settings_on(workspace: Workspace, day: dt.date) -> MetricSettings:
    """The choices for metrics that are in force on `day`."""
    rows = MetricSettings.objects.filter(workspace=workspace, effective_from__lte=day)
    return rows.order_by("-effective_from").first() or MetricSettings(workspace=workspace)


def members_of(workspace: Workspace):
    """Everybody who is or was a member, owners first."""
    order = Case(*[When(role=role, then=place) for place, role in enumerate(ROLES)], default=len(ROLES))
    people = Membership.objects.filter(workspace=workspace).select_related("user", "team")
    return people.order_by(order, "user__name", "user__email")


def teams_of(workspace: Workspace):
    """Teams by name, each with its manager and `size`, the number of active members."""
    size = Count("members", filter=Q(members__is_active=True))
    teams = Team.objects.filter(workspace=workspace).select_related("manager__user").annotate(size=size)
    return teams.order_by("name")


def people_of_team(team: Team) -> list[UUID]:
    """Whose accounts are the team's: its members, also those who left, and its manager unless in a team of their own."""
    is_manager = Q(pk=team.manager_id, team__isnull=True)
    people = Membership.objects.filter(Q(team=team) | is_manager, workspace=team.workspace_id)
    return list(people.order_by("pk").values_list("pk", flat=True))


def visible_views(workspace: Workspace, user_id: UUID | None) -> QuerySet[SavedView]:
    """The views of lists that a user may choose, in the order in which they were made: shared ones and their own."""
    own = Q(owner__user=user_id) if user_id is not None else Q()
    views = SavedView.objects.filter(Q(is_shared=True) | own, workspace=workspace)
    return views.select_related("owner__user", "workspace").order_by("pk")


def default_view_of(workspace: Workspace, user_id: UUID | None) -> Exists:
    """Whether a view is the one with which its list opens for a user."""
    return Exists(DefaultView.objects.filter(workspace=workspace, member__user=user_id, view=OuterRef("pk")))


def activity_of(subject_type: str, subject: Any) -> QuerySet:
    """What was written about one thing, latest first."""
    workspace_id = subject.pk if isinstance(subject, Workspace) else subject.workspace_id
    written = Activity.objects.filter(workspace_id=workspace_id, subject_type=subject_type, subject_id=str(subject.pk))
    return written.order_by("-id")


def last_by(subject_type: str, subject: Any) -> str:
    """Who wrote it last; "" where nobody is known to have."""
    latest = activity_of(subject_type, subject).select_related("user").first()
    return str(latest.user or latest.actor) if latest is not None else ""
