"""Write the API's OpenAPI document where it is checked in, or to standard output."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand

from b2bops.api.openapi import document

PATH = settings.BASE_DIR / "docs" / "openapi.json"


def as_text() -> str:
    return json.dumps(document(), indent=1, ensure_ascii=False, default=str) + "\n"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--write", action="store_true", help=f"write {PATH.name} instead of printing")

    def handle(self, *args, write, **options):
        if write:
            PATH.write_text(as_text(), encoding="utf-8")
        else:
            self.stdout.write(as_text(), ending="")
