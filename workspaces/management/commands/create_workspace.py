"""Opens a workspace from the command line, with its owner."""

from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from workspaces.actions.users import register_user
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import system_actor
from workspaces.models import User


def percent(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error


class Command(BaseCommand):
    help = "Create a workspace. The owner is made when no user has that email; then --password is needed."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="the address: /w/SLUG/")
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", default="CNY")
        parser.add_argument("--timezone", default="Asia/Shanghai")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--password")
        parser.add_argument("--fiscal-year-start-month", type=int, default=1, metavar="1-12")
        parser.add_argument("--renewal-grace-days", type=int, default=0)
        parser.add_argument("--gross-margin-percent", type=percent, default=Decimal(80))
        parser.add_argument("--ltv-churn-months", type=int, default=12)

    def handle(self, *args, **options):
        try:
            with transaction.atomic():
                workspace = create_workspace(
                    slug=options["slug"],
                    name=options["name"],
                    currency=options["currency"],
                    timezone=options["timezone"],
                    language=options["language"],
                    fiscal_year_start_month=options["fiscal_year_start_month"],
                    renewal_grace_days=options["renewal_grace_days"],
                    gross_margin_percent=options["gross_margin_percent"],
                    ltv_churn_months=options["ltv_churn_months"],
                    owner=self._owner(options["owner"], options["password"]),
                    by=system_actor("command"),
                )
        except ValidationError as error:
            raise CommandError(
                "\n".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            ) from None
        self.stdout.write(f"Created workspace {workspace.slug}.")

    def _owner(self, email: str, password: str | None) -> User:
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is not None:
            return user
        if password is None:
            raise CommandError(f"There is no user {email}: give --password to create one.")
        return register_user(email=email, password=password)
