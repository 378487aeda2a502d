"""Reads across tenants' doors: which workspaces a person belongs to, who works in one."""

from django.db import connection

from workspaces.models import Membership, User, Workspace


def workspaces_of(user: User) -> list[Workspace]:
    """The workspaces where `user` is an active member, by name. Needs no scope: a narrow function gives the ids."""
    with connection.cursor() as cursor:
        cursor.execute("select workspaces_of(%s)", [user.pk])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Workspace.objects.filter(pk__in=ids).order_by("name"))


def active_members(workspace):
    return Membership.objects.filter(workspace=workspace, is_active=True).select_related("user").order_by("user__email")
