"""Money in an account's timeline: every movement of its MRR that the closing found."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.timeline import Entry
from metrics.models import Movement, MovementKind
from metrics.queries import closed_through
from workspaces import formats

MOST = 200
TONES = {"new": "good", "expansion": "good", "reactivation": "good", "contraction": "risk", "churn": "risk"}


def movements_told(account: Account, after: dt.datetime | None, until: dt.datetime | None) -> list[Entry]:
    """Movements of closed days between two instants, each at the end of its day, the latest first."""
    workspace = account.workspace
    closed = closed_through(workspace)
    if closed is None:
        return []
    zone = ZoneInfo(workspace.timezone)
    found = Movement.objects.filter(workspace=workspace, account=account, day__lte=closed)
    if after is not None:
        found = found.filter(day__gte=after.astimezone(zone).date())
    if until is not None:
        found = found.filter(day__lte=until.astimezone(zone).date())
    told = []
    for movement in found.order_by("-day")[:MOST]:
        at = dt.datetime.combine(movement.day, dt.time.max, zone)
        if (after is None or at > after) and (until is None or at <= until):
            told.append(_entry(movement, at, workspace.base_currency))
    return told


def _entry(movement: Movement, at: dt.datetime, currency: str) -> Entry:
    kind, amount = movement.kind or "", movement.amount or Decimal(0)
    text = _("%(kind)s %(amount)s a month") % {
        "kind": MovementKind(kind).label,
        "amount": formats.money(amount, currency, plus=True),
    }
    return Entry(
        icon="trending-up" if amount >= 0 else "trending-down",
        text=text,
        by="",
        at=at,
        tone=TONES.get(kind, ""),
        changes=[],
        body="",
        subject_type="movement",
        subject_id=movement.public_id,
        day=formats.day(movement.day, get_language() or ""),
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
