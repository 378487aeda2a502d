"""Which people and workspaces were erased, and erasing them again after an older backup was restored."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Contact
from b2bops.data.people import erase_contact, erase_member
from workspaces.actor import system_actor
from workspaces.models import Erasure, Membership, Workspace
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = "Lists erasures as JSON lines that name nobody; --repeat FILE erases again what of such a list is here."

    def add_arguments(self, parser):
        parser.add_argument("--repeat", metavar="FILE", type=Path, help="a list that this command wrote before")

    def handle(self, *, repeat: Path | None, **options):
        if repeat is None:
            for one in Erasure.objects.order_by("at", "pk"):
                told = {"kind": one.kind, "workspace": str(one.of_workspace), "subject": str(one.subject)}
                self.stdout.write(json.dumps(told | {"at": one.at.isoformat(timespec="seconds")}))
            return
        try:
            rows = [json.loads(line) for line in repeat.read_text().splitlines() if line.strip()]
        except (OSError, ValueError) as error:
            raise CommandError(f"{repeat} is no list of erasures: {error}") from error
        done = sum(self._repeat(row) for row in rows)
        self.stdout.write(f"{done} of {len(rows)} erased again; the others are not here, or erased already")

    def _repeat(self, row: dict) -> bool:
        workspace = Workspace.objects.filter(pk=row["workspace"]).first()
        if workspace is None:
            return False
        if row["kind"] == Erasure.WORKSPACE:
            self.stderr.write(f"{workspace.slug} was erased after this backup: erase it in its settings, under Data")
            return False
        known = Erasure.objects.filter(kind=row["kind"], subject=row["subject"]).exists()
        model, erase = {
            Erasure.CONTACT: (Contact, erase_contact),
            Erasure.MEMBER: (Membership, erase_member),
        }[row["kind"]]
        with workspace_scope(workspace):
            if known or not model._default_manager.filter(workspace=workspace, pk=row["subject"]).exists():
                return False
            if row["kind"] == Erasure.MEMBER:
                Membership.objects.filter(workspace=workspace, pk=row["subject"]).update(is_active=False)
            erase(workspace=workspace, pk=row["subject"], everywhere=True, by=system_actor("command"))
        return True
