"""Locks what stands locked in the database by the present SECRET_KEY, so that an earlier one can be forgotten."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from workspaces.locked import Unreadable, locked_texts
from workspaces.models import Workspace
from workspaces.scope import workspace_scope
from workspaces.two_step import lock_two_step_anew


class Command(BaseCommand):
    help = "After a change of SECRET_KEY: locks all secrets by the new one. Ends with 1 where one cannot be read."

    def handle(self, **options):
        with transaction.atomic():
            done, unreadable = lock_two_step_anew()
        for model in apps.get_models():
            if fields := locked_texts(model):
                for workspace in Workspace.objects.order_by("pk"):
                    with workspace_scope(workspace):
                        some, lost = _lock_anew(model.objects.filter(workspace=workspace), [one.name for one in fields])
                    done, unreadable = done + some, unreadable + lost
        self.stdout.write(f"{done} locked by the present key")
        if unreadable:
            raise CommandError(f"{unreadable} cannot be read by any key of SECRET_KEY and SECRET_KEY_FALLBACKS")


def _lock_anew(rows: models.QuerySet, names: list[str]) -> tuple[int, int]:
    done = unreadable = 0
    for row in rows.select_for_update(no_key=True).order_by("pk"):
        # Written as it is read: opened by any key, locked by the first. What no key opens stays what it was.
        row.save(update_fields=names)
        if any(isinstance(getattr(row, name), Unreadable) for name in names):
            unreadable += 1
        else:
            done += 1
    return done, unreadable
