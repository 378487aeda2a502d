"""`backup FILE`: the whole installation in one file, taken while everything runs."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from b2bops.backup.dump import BackupFailed, back_up
from b2bops.backup.servers import ProgramMissing

MISSING = (
    "There is no {0} on this machine: install requirements-embedded.txt or PostgreSQL's client programs, version 18 or "
    "later."
)


class Command(BaseCommand):
    help = "Write all rows of all workspaces, as they are at one moment, with counts and sums, into a new file."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        try:
            manifest = back_up(file, at=timezone.now())
        except FileExistsError:
            raise CommandError(f"{file} is there already; a backup overwrites nothing.") from None
        except ProgramMissing as missing:
            raise CommandError(MISSING.format(missing)) from None
        except (BackupFailed, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from None
        size = file.stat().st_size / 1e6
        self.stdout.write(f"{len(manifest.tables)} tables, {manifest.rows:,} rows, {size:,.1f} MB in {file}")
