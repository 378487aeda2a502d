"""Keeps the catalogue of translations: `--write` after changing texts, `--check` it, `--compile` to use it."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workspaces.catalogue import LOCALE, compile_catalogue, extract_messages, faults, merge, write_catalogue


class Command(BaseCommand):
    help = "Write, check or compile the translations into Chinese. Needs no gettext on the machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--write", action="store_true", help="merge the sources' messages into the .po file")
        what.add_argument("--check", action="store_true", help="fail on missing, fuzzy, unused and unlike messages")
        what.add_argument("--compile", action="store_true", help="write the .mo file from the .po file")
        parser.add_argument("--root", type=Path, default=settings.BASE_DIR, help="where the sources and locale/ are")

    def handle(self, *args, root: Path, **options):
        path = root / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
        if options["compile"]:
            compile_catalogue(path)
        elif options["write"]:
            catalog = merge(path, extract_messages(root))
            write_catalogue(path, catalog)
            todo = sum(1 for message in catalog if message.id and not all(_texts(message)))
            self.stdout.write(f"{len(catalog)} messages, {todo} without a translation.")
        elif found := faults(path, extract_messages(root)):
            raise CommandError("\n".join([*found, f"{len(found)} faults in {path.relative_to(root)}"]))


def _texts(message):
    return message.string if isinstance(message.string, list | tuple) else [message.string]
