"""Removes the demo company's rows from a workspace at once. Reports what it would do until told --yes."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Account
from b2bops.demo.remove import remove_demo
from metrics.actions import request_closing
from metrics.queries import closed_through
from workspaces.actor import system_actor
from workspaces.models import Workspace
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--yes", action="store_true")

    def handle(self, *args, workspace, yes, **options):
        found = Workspace.objects.filter(slug=workspace).first()
        if found is None:
            raise CommandError(f"There is no workspace {workspace!r}.")
        with workspace_scope(found):
            if yes:
                until, by = closed_through(found), system_actor("command")
                count = remove_demo(workspace=found, by=by)
                if count and until is not None and Account.objects.standing().filter(workspace=found).exists():
                    request_closing(workspace=found, until=until, by=by, at=timezone.now())
                self.stdout.write(f"removed {count} demo accounts and what belonged to them")
            else:
                count = Account.objects.filter(workspace=found, is_demo=True).count()
                self.stdout.write(f"would remove {count} demo accounts and what belongs to them; say --yes")
