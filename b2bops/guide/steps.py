"""The checklist of a new workspace. It ticks itself from what is there; rows of the demo company do not count."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contract, FxRate
from jobs.models import Webhook
from leads.models import Spend
from metrics.models import Closing
from workspaces import roles
from workspaces.models import ApiKey, Membership, Workspace


@dataclass(frozen=True)
class Step:
    """url_name takes the workspace's slug. permission: who can take it, and so who is shown it."""

    key: str
    label: Any
    help: Any
    action: Any
    icon: str
    url_name: str
    permission: str = roles.EDIT_FACTS


STEPS = (
    Step(
        "company",
        _("Open the workspace"),
        _("Company, currency, time zone and how late renewals may be signed. All but the currency can be changed."),
        _("Settings"),
        "settings",
        "workspaces:settings",
        roles.MANAGE_WORKSPACE,
    ),
    Step(
        "accounts",
        _("Bring in your customers"),
        _("From CSV or Excel, with a preview before anything is written; or the first few by hand."),
        _("Import"),
        "building-2",
        "jobs:import_new",
        roles.IMPORT_FILES,
    ),
    Step(
        "contracts",
        _("Bring in their contracts"),
        _("Recurring revenue is worked out from contracts and their lines, and from nothing else."),
        _("Import"),
        "file-text",
        "jobs:import_new",
        roles.IMPORT_FILES,
    ),
    Step(
        "rates",
        _("Give exchange rates"),
        _("Some contracts are in another currency; without a rate their days cannot be closed."),
        _("Exchange rates"),
        "arrow-left-right",
        "accounts:fx_rate_list",
        roles.EDIT_MONEY,
    ),
    Step(
        "closing",
        _("Close the first days"),
        _("Every night the day that ended is closed. You need not wait for it."),
        _("Closings"),
        "calendar-check",
        "metrics:closing_list",
        roles.CLOSE_DAYS,
    ),
    Step(
        "spend",
        _("Say what winning customers costs"),
        _("By month and channel. With it you see what a customer costs, what it brings, and when it has paid back."),
        _("Spend"),
        "megaphone",
        "leads:spend_list",
        roles.EDIT_MONEY,
    ),
    Step(
        "colleague",
        _("Invite a colleague"),
        _("Everybody gets a role that says what they may see and change."),
        _("Invite"),
        "user-plus",
        "workspaces:invitation_new",
        roles.MANAGE_MEMBERS,
    ),
    Step(
        "connected",
        _("Connect your systems"),
        _("A key lets your CRM or billing send contracts by itself; webhooks tell other systems what changed."),
        _("API keys"),
        "key-round",
        "workspaces:api_keys",
        roles.MANAGE_KEYS,
    ),
)


@dataclass(frozen=True)
class ShownStep:
    key: str
    label: Any
    help: Any
    action: Any
    icon: str
    url: str
    is_done: bool


@dataclass(frozen=True)
class Guide:
    """steps: those that the member can take and the workspace needs, in their order. has_demo: demo rows are here."""

    steps: list[ShownStep]
    has_demo: bool

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def next(self) -> ShownStep | None:
        return next((step for step in self.steps if not step.is_done), None)


def guide_of(workspace: Workspace, member: Membership) -> Guide:
    """One query, whatever the workspace holds."""
    taken = _taken(workspace, member)
    needed = [step for step in STEPS if step.key != "rates" or taken["foreign"]]
    return Guide(
        steps=[
            ShownStep(
                key=step.key,
                label=step.label,
                help=step.help,
                action=step.action,
                icon=step.icon,
                url=reverse(step.url_name, args=[workspace.slug]),
                is_done=taken[step.key],
            )
            for step in needed
            if member.has_permission(step.permission)
        ],
        has_demo=taken["demo"],
    )


def _taken(workspace: Workspace, member: Membership) -> dict[str, bool]:
    own = {"workspace": OuterRef("pk"), "is_demo": False, "voided_at": None}
    mine = {"workspace": OuterRef("pk")}
    contracts = Contract.objects.filter(**own)
    asked = {
        "demo": Account.objects.filter(**mine, is_demo=True),
        "accounts": Account.objects.filter(**own),
        "contracts": contracts,
        "foreign": contracts.exclude(currency=workspace.base_currency),
        "rates": FxRate.objects.filter(**own),
        "closing": Closing.objects.filter(**mine),
        "spend": Spend.objects.filter(**own),
        "colleague": Membership.objects.filter(**mine, is_active=True, is_demo=False).exclude(pk=member.pk),
        "key": ApiKey.objects.filter(**mine, revoked_at=None),
        "webhook": Webhook.objects.filter(**mine, is_active=True),
    }
    rows = Workspace.objects.filter(pk=workspace.pk)
    found: dict[str, Any] = dict(rows.values(**{key: Exists(there) for key, there in asked.items()}).get())
    return found | {
        "company": True,
        # The demo's days are closed too; one's own are only once there is something to close.
        "closing": found["closing"] and found["contracts"],
        "connected": found["key"] or found["webhook"],
    }
