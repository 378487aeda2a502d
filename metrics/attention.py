"""Paying accounts that want attention: silent ones, ones that shrank or are known to, ones that hang on one person.

All as of the last closed day, as far as figures go; each read is one query whatever the number of accounts.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round

from accounts.committee import SILENT_DAYS
from accounts.models import ChangedFact, Contact, Interaction
from accounts.queries import standing_accounts
from metrics.models import LineSpan, Movement, MovementKind
from metrics.rates import rates_on

SHRANK_DAYS = 30
CENTS = Decimal("0.01")
MONEY = DecimalField(max_digits=20, decimal_places=2)


def paying_accounts(workspace, *, owner=None) -> QuerySet[Any]:
    """Standing accounts that pay; owner: the membership whose they are, None for everybody's."""
    accounts = standing_accounts(workspace).of_standing("paying")
    return accounts if owner is None else accounts.owned_by(owner)


def silent_accounts(accounts: QuerySet[Any], workspace, *, day: dt.date) -> QuerySet[Any]:
    """Those without an interaction in the SILENT_DAYS up to `day`, with the day of their last one as `last_talk`. A new
    customer can only be silent once they have been one for so long.
    """
    talks = Interaction.objects.filter(workspace=workspace, account=OuterRef("pk")).standing()
    last = talks.order_by("-happened_on").values("happened_on")[:1]
    since = day - dt.timedelta(days=SILENT_DAYS)
    known = accounts.filter(customer_since__lte=since)
    return known.filter(~Exists(talks.filter(happened_on__gt=since))).annotate(last_talk=Subquery(last))


def accounts_on_one_contact(accounts: QuerySet[Any], workspace, *, owner=None) -> QuerySet[Any]:
    """Those of which exactly one contact is known, by `contact_name`. owner: whose `accounts` are, None for everybody's."""
    contacts = Contact.objects.filter(workspace=workspace).standing()
    of_account = contacts.filter(account=OuterRef("pk")).order_by()
    if owner is None:
        once = contacts.order_by().values("account_id").annotate(count=Count("pk")).filter(count=1)
        accounts = accounts.filter(pk__in=once.values("account_id"))
    else:
        # Account by account: of a table that was filled a moment ago nothing is known, and the planner, who then thinks
        # of few accounts, would count all contacts again for each of them.
        counts = of_account.values("account_id").annotate(count=Count("pk")).values("count")
        accounts = accounts.annotate(contacts_known=Subquery(counts)).filter(contacts_known=1)
    return accounts.annotate(contact_name=Subquery(of_account.values("name")[:1]))


def shrinking_accounts(accounts: QuerySet[Any], workspace, *, closed: dt.date, owner=None) -> QuerySet[Any]:
    """Those that shrank in the SHRANK_DAYS up to `closed`, or are known to. owner: whose `accounts` are, as it is quicker.

    `shrank_by` (negative) and `shrank_on`: their contractions in these days and the day of the last one. `change`: what
    is signed and not begun less what is known to end, as in committed MRR, where that is negative; `ends_on`: the last
    day of what ends first. Each is None where there is no such thing; amounts are in base currency.
    """
    since = closed - dt.timedelta(days=SHRANK_DAYS)
    moved = Movement.objects.filter(
        workspace=workspace, kind=MovementKind.CONTRACTION, day__gt=since, day__lte=closed
    ).order_by()
    known = _known_losses(workspace, closed)
    if owner is not None:
        moved, known = moved.filter(account__owner=owner), known.filter(account__owner=owner)
    of_account = moved.filter(account=OuterRef("pk")).values("account_id")
    loss = known.filter(account=OuterRef("pk"))
    return accounts.filter(Q(pk__in=moved.values("account_id")) | Q(pk__in=known.values("account_id"))).annotate(
        shrank_by=Subquery(of_account.annotate(total=Sum("amount")).values("total"), output_field=MONEY),
        shrank_on=Subquery(of_account.annotate(last=Max("day")).values("last")),
        change=Subquery(loss.values("change"), output_field=MONEY),
        ends_on=Subquery(loss.values("ends_on")),
    )


def _known_losses(workspace, closed: dt.date) -> QuerySet[Any]:
    """By account: `change` of MRR once all that is signed has begun and all that is known to end has ended, if negative."""
    rate = _rate(workspace, closed)
    is_ending = Q(first_day__lte=closed, last_day__gte=closed, end_known_from__lte=closed)
    is_coming = Q(first_day__gt=closed, known_from__lte=closed)
    signed = Case(When(is_coming, then=F("mrr")), default=Value(Decimal(-1)) * F("mrr"), output_field=MONEY)
    return (
        LineSpan.objects.filter(is_ending | is_coming, workspace=workspace)
        .order_by()
        .values("account_id")
        .annotate(
            change=Round(Sum(signed * rate, output_field=MONEY), 2, output_field=MONEY),
            ends_on=Min("last_day", filter=is_ending),
        )
        .filter(change__lt=0)
    )


@dataclass(frozen=True)
class Pending:
    """What closing the days that are still open will do to MRR, as far as the last closing knew: amount in base currency,
    how many contracts begin and end; and how many accounts were changed since, which is not in it.
    """

    amount: Decimal
    begins: int
    ends: int
    changed: int

    def __bool__(self) -> bool:
        return bool(self.begins or self.ends or self.changed)


def pending(workspace, *, closed: dt.date, day: dt.date, owner=None) -> Pending:
    """Of the days after `closed` through `day`; owner: the membership whose accounts count, None for everybody's."""
    begins, ends = Q(first_day__gt=closed, first_day__lte=day), Q(last_day__gte=closed, last_day__lt=day)
    worth = F("mrr") * _rate(workspace, closed)
    spans = LineSpan.objects.filter(begins | ends, workspace=workspace)
    # Another reckoning of what is closed already: what changes from a later day on is not the next closing's.
    changed = ChangedFact.objects.filter(workspace=workspace, from_day__lte=day, account__isnull=False)
    if owner is not None:
        spans, changed = spans.filter(account__owner=owner), changed.filter(account__owner=owner)
    sums = spans.aggregate(
        more=Coalesce(Sum(worth, filter=begins, output_field=MONEY), Decimal(0), output_field=MONEY),
        less=Coalesce(Sum(worth, filter=ends, output_field=MONEY), Decimal(0), output_field=MONEY),
        begins=Count("contract", filter=begins, distinct=True),
        ends=Count("contract", filter=ends, distinct=True),
    )
    amount = (sums["more"] - sums["less"]).quantize(CENTS, ROUND_HALF_UP)
    return Pending(amount, sums["begins"], sums["ends"], changed.values("account").distinct().count())


def _rate(workspace, closed: dt.date) -> Case:
    """What one unit of a span's currency is in base currency on the day `closed`."""
    return Case(
        *(When(currency=currency, then=Value(rate)) for currency, rate in rates_on(workspace, closed).items()),
        output_field=DecimalField(max_digits=20, decimal_places=10),
    )


def owns_any(workspace, member) -> bool:
    """Whether any account in use is the member's."""
    return standing_accounts(workspace).in_use().owned_by(member).exists()
