"""Erasing a workspace: asked for by an owner, called back within a week, or done for good (docs/decisions/0035)."""

import datetime as dt

import structlog
from celery import shared_task
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2bops.data.people import delete_user
from b2bops.data.texts import tenant_models
from workspaces import roles
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.models import Erasure, Membership, User, Workspace
from workspaces.scope import workspace_scope

log = structlog.get_logger(__name__)
# So long it can be called back.
WAITS = dt.timedelta(days=7)


@transaction.atomic
def ask_to_erase(*, workspace: Workspace, typed: str, at: dt.datetime, by: Actor) -> dt.datetime:
    """Have the workspace erased in seven days; when that will be. Raises ValidationError unless its name was typed."""
    by.require(roles.ERASE)
    if typed.strip() != workspace.name.strip():
        raise ValidationError(_("Type the name of the workspace to confirm."))
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if workspace.erase_at is None:
        workspace.erase_at = at + WAITS
        workspace.save(update_fields=["erase_at"])
        record(
            workspace=workspace, by=by, verb="erasure_asked", subject=workspace, after={"erase_at": workspace.erase_at}
        )
    return workspace.erase_at


@transaction.atomic
def call_back(*, workspace: Workspace, by: Actor) -> None:
    """Let the workspace stay."""
    by.require(roles.ERASE)
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if workspace.erase_at is not None:
        workspace.erase_at = None
        workspace.save(update_fields=["erase_at"])
        record(workspace=workspace, by=by, verb="erasure_called_back", subject=workspace)


def erase_due(*, at: dt.datetime) -> int:
    """Erase every workspace whose week is over; how many."""
    erased = 0
    for workspace in Workspace.objects.filter(erase_at__lte=at).order_by("erase_at"):
        try:
            erased += erase_workspace(workspace=workspace, at=at)
        except DatabaseError:
            # One workspace's trouble must not keep the others' data.
            log.exception("workspace_not_erased", workspace=str(workspace.pk))
    return erased


def erase_workspace(*, workspace: Workspace, at: dt.datetime) -> bool:
    """Remove every row of the workspace, of all tables, the files among them, and the people who were in no other one.

    One transaction: a kill leaves all or nothing. Row-level security lets it see no other workspace's rows. False when it
    was called back meanwhile.
    """
    with workspace_scope(workspace):
        found = Workspace.objects.select_for_update().filter(pk=workspace.pk, erase_at__lte=at).first()
        if found is None:
            return False
        with connection.cursor() as cursor:
            # A closing in the middle of a step would write figures back.
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"closing {workspace.pk}"])
        people = list(
            User.objects.filter(pk__in=Membership.objects.filter(workspace=workspace).values("user_id")).order_by("pk")
        )
        # Keys are checked at the end, when nothing is left to point anywhere.
        for model in tenant_models():
            model._default_manager.filter(workspace=workspace)._raw_delete(using=connection.alias)
        Workspace.objects.filter(pk=workspace.pk)._raw_delete(using=connection.alias)
        Erasure.objects.create(kind=Erasure.WORKSPACE, of_workspace=workspace.pk, subject=workspace.pk)
        for user in people:
            delete_user(user)
    log.info("workspace_erased", workspace=str(workspace.pk))
    return True


@shared_task(name="b2bops.data.leaving.erase_due_workspaces", acks_late=False)
def erase_due_workspaces() -> None:
    erase_due(at=timezone.now())
