"""`verify_ledger [--workspace SLUG]`: compares every figure with the rows it stands on; ends with 1 when one differs."""

from django.core.management.base import BaseCommand, CommandError

from metrics.ledger_digest import canonical_digest
from metrics.verification import verify_ledger
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

MOST_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Verify the figures of one workspace or all: chains of days, balances, movements, bridges and published "
        "values against the rows below them. Prints one digest per workspace, the same for the same facts."
    )

    def add_arguments(self, parser):
        parser.add_argument("--workspace", metavar="SLUG", help="only this one")

    def handle(self, *, workspace, **options):
        companies = Workspace.objects.order_by("slug")
        if workspace:
            companies = companies.filter(slug=workspace)
            if not companies:
                raise CommandError(f"No workspace has the address {workspace}.")
        broken = sum(self._verify(company) for company in companies)
        if broken:
            raise CommandError(f"{broken} things do not hold." if broken > 1 else "One thing does not hold.")

    def _verify(self, company: Workspace) -> int:
        """Says what was found; how many things do not hold."""
        with workspace_scope(company):
            found = verify_ledger(company)
        facts = ", ".join(f"{count:,} {name}" for name, count in found.facts.items())
        self.stdout.write(f"{company.slug}: {facts}")
        if found.closed:
            self.stdout.write(f"  closed from {found.closed[0]} through {found.closed[1]}, {found.periods} periods")
        else:
            self.stdout.write("  no day is closed")
        if found.is_stale:
            self.stdout.write("  facts changed since: what comes from exchange rates and spend waits for a closing")
        for problem in found.problems[:MOST_SHOWN]:
            self.stdout.write(f"  WRONG {problem}")
        if len(found.problems) > MOST_SHOWN:
            self.stdout.write(f"  … and {len(found.problems) - MOST_SHOWN} more")
        self.stdout.write(f"  digest {canonical_digest(found.digest)}")
        return len(found.problems)
