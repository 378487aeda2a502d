"""Opening a workspace and naming it."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.actions.users import register_user
from workspaces.activity import record
from workspaces.actor import Actor
from workspaces.currencies import CURRENCIES
from workspaces.models import Membership, MetricSettings, User, Workspace
from workspaces.scope import workspace_scope
from workspaces.time_zones import time_zone_names

# Words that an address would be mistaken for.
RESERVED_SLUGS = frozenset({"new", "api", "admin", "static", "w", "sign-in", "settings", "gallery", "demo-data"})


@transaction.atomic
def create_workspace(
    *,
    slug: str,
    name: str,
    owner: User,
    by: Actor,
    currency: str = "CNY",
    timezone: str = "Asia/Shanghai",
    language: str = "zh-hans",
    fiscal_year_start_month: int = 1,
    renewal_grace_days: int = 0,
    gross_margin_percent: Decimal | int = 80,
    ltv_churn_months: int = 12,
    is_demo: bool = False,
) -> Workspace:
    """A workspace with `owner` as its owner and metric settings from the beginning of time.

    Raises ValidationError keyed by the argument's name; nothing is written then.
    """
    by.require(roles.MANAGE_WORKSPACE)
    workspace = Workspace(
        slug=slug.strip(),
        name=one_line(name),
        base_currency=currency.strip().upper(),
        timezone=timezone,
        language=language,
        fiscal_year_start_month=fiscal_year_start_month,
        is_demo=is_demo,
        is_guided=not is_demo,
    )
    choices = MetricSettings(
        renewal_grace_days=renewal_grace_days,
        gross_margin_percent=gross_margin_percent,
        ltv_churn_months=ltv_churn_months,
    )
    errors = workspace_errors(workspace) | settings_errors(choices)
    if errors:
        raise ValidationError({{"base_currency": "currency"}.get(field, field): errors[field] for field in errors})
    workspace.save(force_insert=True)
    with workspace_scope(workspace):
        choices.workspace = workspace
        choices.save(force_insert=True)
        Membership.objects.create(workspace=workspace, user=owner, role=roles.Owner.key)
        record(
            workspace=workspace,
            by=by,
            verb="created",
            subject=workspace,
            after=workspace_facts(workspace) | {"slug": workspace.slug, "currency": workspace.base_currency},
        )
    return workspace


def one_line(name: str) -> str:
    """A name without breaks: it stands in the subject of mails."""
    return " ".join(name.split())


def workspace_facts(workspace: Workspace) -> dict:
    return {
        "name": workspace.name,
        "timezone": workspace.timezone,
        "language": workspace.language,
        "fiscal_year_start_month": workspace.fiscal_year_start_month,
        "requires_two_step": workspace.requires_two_step,
        "allows_public_links": workspace.allows_public_links,
    }


def workspace_errors(workspace: Workspace) -> dict[str, list[str]]:
    """What is wrong with a workspace's own fields, by field name."""
    errors: dict[str, list[str]] = {}
    try:
        workspace.full_clean(exclude=["id"])
    except ValidationError as error:
        errors = error.message_dict
    if workspace.slug in RESERVED_SLUGS:
        errors.setdefault("slug", []).append(_("This address is reserved."))
    if workspace.base_currency not in CURRENCIES:
        errors["base_currency"] = [_("Not a currency in use: %(code)s.") % {"code": workspace.base_currency}]
    if workspace.timezone not in time_zone_names():
        errors["timezone"] = [_("Not a known time zone: %(name)s.") % {"name": workspace.timezone}]
    return errors


def settings_errors(choices: MetricSettings) -> dict[str, list[str]]:
    """What is wrong with metric settings, by field name."""
    try:
        choices.clean_fields(exclude=["id", "workspace"])
    except ValidationError as error:
        return error.message_dict
    return {}


def show_guide(*, workspace: Workspace, is_shown: bool, by: Actor) -> None:
    """Have the checklist of what to do first in the sidebar, or not. It says nothing of the company: the trail is silent."""
    by.require(roles.MANAGE_WORKSPACE)
    workspace.is_guided = is_shown
    workspace.save(update_fields=["is_guided"])


@transaction.atomic
def create_first_workspace(
    *, email: str, password: str, owner_name: str, language: str, **workspace
) -> Membership | None:
    """The first user and workspace of an empty installation, as the owner's membership; None when it is not empty.

    Raises ValidationError keyed by the argument's name; nothing is written then.
    """
    with connection.cursor() as cursor:
        # Two visitors with the same link: the second waits here, and then finds a user.
        cursor.execute("select pg_advisory_xact_lock(hashtext('workspaces.first_owner'))")
    if User.objects.exists():
        return None
    owner = register_user(email=email, password=password, name=owner_name, language=language)
    by = Actor("page", owner.email, roles.Owner.permissions, user_id=owner.pk)
    opened = create_workspace(owner=owner, by=by, language=language, **workspace)
    with workspace_scope(opened):
        return Membership.objects.select_related("user", "workspace").get(workspace=opened, user=owner)
