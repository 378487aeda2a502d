"""Reads of spend: the entries, and their sums by channel and month."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.queries import MOST_CHOICES, facets
from leads.models import Channel, Spend


def standing_spend(workspace) -> QuerySet[Spend]:
    return Spend.objects.filter(workspace=workspace).standing().select_related("channel")


def standing_channels(workspace) -> QuerySet[Channel]:
    return Channel.objects.filter(workspace=workspace).standing().order_by("name")


def channel_names(workspace) -> list[str]:
    """The channels that money is spent on and those that accounts came through, which need not be the same."""
    spent = standing_channels(workspace).values_list("name", flat=True)[:MOST_CHOICES]
    return sorted({*spent, *(name for name, _label in facets(workspace, "channel")["channel"])})


@dataclass(frozen=True)
class ChannelRow:
    """A channel's spend in each month asked for (None: nothing was entered) and in all of them."""

    channel: str
    months: list[Decimal | None]
    total: Decimal


def spend_by_month(workspace, months: Sequence[dt.date]) -> tuple[list[ChannelRow], ChannelRow]:
    """Channels by spend, largest first, and the row of all together. months: first days, consecutive."""
    after = (months[-1].replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    sums = (
        standing_spend(workspace)
        .filter(date__gte=months[0], date__lt=after)
        .order_by()
        .annotate(month=TruncMonth("date"))
        .values_list("channel__name", "month")
        .annotate(amount=Sum("amount"))
    )
    by_channel: dict[str, dict[dt.date, Decimal]] = {}
    for channel, month, amount in sums:
        by_channel.setdefault(channel, {})[month] = amount
    rows = [
        ChannelRow(channel, [found.get(month) for month in months], sum(found.values(), Decimal(0)))
        for channel, found in by_channel.items()
    ]
    rows.sort(key=lambda row: (-row.total, row.channel))
    together: list[Decimal | None] = []
    for column in range(len(months)):
        amounts = [amount for row in rows if (amount := row.months[column]) is not None]
        together.append(sum(amounts, Decimal(0)) if amounts else None)
    return rows, ChannelRow("", together, sum((row.total for row in rows), Decimal(0)))
