"""Why MRR changed in a month, in one sentence: made from the movements, the exchange rates and the restatement log."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics import statements
from workspaces import formats

# In the order of the bridge.
KINDS = ("new", "expansion", "reactivation", "contraction", "churn")


@dataclass(frozen=True)
class Mover:
    """The movements of a kind, and the account that moved most, by how much. Amounts in base currency."""

    kind: str
    rows: int
    total: Decimal
    account_id: UUID
    account_name: str
    amount: Decimal


def movers(workspace, *, first: dt.date, last: dt.date) -> list[Mover]:
    """By kind, in the order of the bridge. One query."""
    found = {
        row["kind"]: Mover(**row)
        for row in statements.fetch_all("movers", workspace=workspace.pk, first=first, last=last)
    }
    return [found[kind] for kind in KINDS if kind in found]


def sentence(
    row: Mapping[str, Any],
    moved: Sequence[Mover],
    *,
    currency: str,
    language: str,
    href: Callable[[UUID], str],
) -> SafeString:
    """Of a month's row (`queries.months_of_book`): by how much MRR changed, and what brought that about; the account that
    moved most of each kind is named and leads to `href`.
    """

    def money(value: Decimal, *, plus: bool = True) -> str:
        return formats.money_short(value, currency, language, plus=plus)

    change = row["mrr_end"] - row["mrr_start"]
    words = {"change": money(abs(change), plus=False), "end": money(row["mrr_end"], plus=False)}
    if row["mrr_start"]:
        words["share"] = formats.percent(abs(change) / row["mrr_start"])
    if not change:
        lead = _("MRR stayed at %(end)s")
    elif change > 0:
        lead = _("MRR grew by %(change)s (%(share)s) to %(end)s") if "share" in words else _("MRR began with %(end)s")
    else:
        lead = _("MRR fell by %(change)s (%(share)s) to %(end)s")
    clauses = [_clause(one, money, href) for one in moved]
    if row["fx"]:
        clauses.append(format_html("{}", _("exchange rates %(amount)s") % {"amount": money(row["fx"])}))
    if not clauses:
        return format_html("{}{}", lead % words, _("."))
    listed = format_html_join(_("; "), "{}", ((clause,) for clause in clauses))
    return format_html("{}{}{}{}", lead % words, _(": "), listed, _("."))


def _clause(one: Mover, money: Callable[..., str], href: Callable[[UUID], str]) -> SafeString:
    counts = {
        "new": ngettext("%(count)s new customer", "%(count)s new customers", one.rows),
        "expansion": ngettext("%(count)s expansion", "%(count)s expansions", one.rows),
        "reactivation": ngettext("%(count)s came back", "%(count)s came back", one.rows),
        "contraction": ngettext("%(count)s contraction", "%(count)s contractions", one.rows),
        "churn": ngettext("%(count)s left", "%(count)s left", one.rows),
    }
    count = counts[one.kind] % {"count": formats.number(one.rows)}
    account = format_html('<a class="link" href="{}">{}</a>', href(one.account_id), one.account_name)
    if one.rows == 1:
        return format_html(_("{count} ({account}, {total})"), count=count, account=account, total=money(one.total))
    return format_html(
        _("{count} ({total}, most of all {account} with {amount})"),
        count=count, total=money(one.total), account=account, amount=money(one.amount),
    )  # fmt: skip


def since_published(mrr: Decimal, published: Decimal | None, *, currency: str, language: str) -> str:
    """What changed facts have made of a month's MRR since it was first published; "" when that is nothing."""
    if published is None or published == mrr:
        return ""
    return _("First published as %(published)s; what was entered since moved it by %(by)s.") % {
        "published": formats.money(published, currency),
        "by": formats.money(mrr - published, currency, plus=True),
    }
