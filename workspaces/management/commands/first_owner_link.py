"""Prints the link by which the first person of an empty installation comes in."""

from django.core.management.base import BaseCommand, CommandError

from workspaces.first_owner import first_owner_url
from workspaces.models import User


class Command(BaseCommand):
    help = "Print the link that makes the first workspace and its owner. It works while there is no user."

    def handle(self, *args, **options):
        if User.objects.exists():
            raise CommandError("There are users already: sign in, or ask an owner for an invitation.")
        self.stdout.write(first_owner_url())
