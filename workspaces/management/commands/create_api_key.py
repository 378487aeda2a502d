"""Makes an API key and prints it, and nothing else, so that a script can take it."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from workspaces.actions.api_keys import create_api_key
from workspaces.actor import system_actor
from workspaces.models import Workspace
from workspaces.roles import SCOPES
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = "Create an API key and print it. It is shown only now."

    def add_arguments(self, parser):
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)
        parser.add_argument("--scope", required=True, choices=list(SCOPES))

    def handle(self, *args, **options):
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        try:
            with workspace_scope(workspace):
                _key, secret = create_api_key(
                    workspace=workspace, name=options["name"], scope=options["scope"], by=system_actor("command")
                )
        except ValidationError as error:
            raise CommandError(
                "\n".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            ) from None
        self.stdout.write(secret)
