"""Money in an account's timeline: every movement of its MRR that the closing found."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.dated_facts import end_of
from accounts.models import Account
from accounts.timeline import Entry
from accounts.timeline_paging import Before
from metrics.models import Movement, MovementKind
from metrics.queries import closed_through
from workspaces import formats

TONES = {"new": "good", "expansion": "good", "reactivation": "good", "contraction": "risk", "churn": "risk"}


def movements_told(account: Account, before: Before | None, most: int) -> list[Entry]:
    """Movements of closed days, each on its day."""
    workspace = account.workspace
    closed = closed_through(workspace)
    if closed is None:
        return []
    zone = workspace.zone
    found = Movement.objects.filter(workspace=workspace, account=account, day__lte=closed)
    if before is not None:
        # A day more than is told: whether the last one is, its end says.
        found = found.filter(day__lte=before.at.astimezone(zone).date())
    told = [_entry(movement, zone, workspace.base_currency) for movement in found.order_by("-day")[: most + 1]]
    return [entry for entry in told if before is None or before.admits(entry.at, entry.key)][:most]


def _entry(movement: Movement, zone: dt.tzinfo, currency: str) -> Entry:
    kind, amount = movement.kind or "", movement.amount or Decimal(0)
    text = _("%(kind)s %(amount)s a month") % {
        "kind": MovementKind(kind).label,
        "amount": formats.money(amount, currency, plus=True),
    }
    return Entry(
        icon="trending-up" if amount >= 0 else "trending-down",
        text=text,
        at=end_of(movement.day, zone),
        key=movement.day.isoformat(),
        on=movement.day,
        tone=TONES.get(kind, ""),
    )


def latest_move(account: Account) -> str:
    """The last movement of closed days, as "+¥1,000 on 21 Oct 2026"; "" when there is none."""
    closed = closed_through(account.workspace)
    moves = Movement.objects.filter(workspace=account.workspace_id, account=account)
    last = moves.filter(day__lte=closed).order_by("-day").first() if closed is not None else None
    if last is None:
        return ""
    amount = formats.money(last.amount, account.workspace.base_currency, plus=True)
    return _("%(amount)s on %(day)s") % {"amount": amount, "day": formats.day(last.day, get_language() or "")}
