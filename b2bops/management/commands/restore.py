"""`restore FILE`: a backup into a new, empty installation, and then everything in it verified."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from b2bops.backup.archive import BadArchive
from b2bops.backup.restore import RestoreRefused, restore
from b2bops.backup.servers import ProgramMissing
from b2bops.management.commands.backup import MISSING


class Command(BaseCommand):
    help = (
        "Fill an installation that nobody has used yet from a backup, check it against the backup's counts and sums, "
        "and verify the ledgers. Refuses where there are rows; changes nothing unless all of it succeeds."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            manifest = restore(file)
        except ProgramMissing as missing:
            raise CommandError(MISSING.format(missing)) from None
        except (RestoreRefused, BadArchive, OSError) as error:
            raise CommandError(f"Nothing was restored. {error}") from None
        self.stdout.write(
            f"{len(manifest.tables)} tables, {manifest.rows:,} rows as they were at {manifest.made_at}; "
            "counts and sums agree"
        )
        call_command("verify_ledger", stdout=self.stdout)
