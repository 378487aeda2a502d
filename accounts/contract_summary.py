"""A contract as pages show it: where it stands on a day, what its lines are worth a month, what it comes to.

Computed from the facts for display; the ledger's figures are the closing's.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import terms as terms_of_contracts
from accounts.contract_axis import Axis, Span, draw
from accounts.line_mrr import Amount, line_mrr, written_total
from accounts.models import Contract, ContractLine
from accounts.models.contract import ContractKind, Interval
from accounts.queries import terms_of
from accounts.terms import Terms
from workspaces import formats
from workspaces.models import MetricSettings

STATES = {
    terms_of_contracts.LATER: (gettext_lazy("Starts later"), ""),
    terms_of_contracts.RENEWED: (gettext_lazy("Renewed"), "good"),
    terms_of_contracts.ENDED: (gettext_lazy("Ended"), ""),
    terms_of_contracts.AWAITING: (gettext_lazy("Renewal overdue"), "watch"),
    terms_of_contracts.LEAVING: (gettext_lazy("Notice given"), "risk"),
    terms_of_contracts.ENDING: (gettext_lazy("Ends soon"), "watch"),
    terms_of_contracts.ROLLING: (gettext_lazy("Renews itself"), "good"),
    terms_of_contracts.OPEN_ENDED: (gettext_lazy("Open-ended"), "good"),
    terms_of_contracts.RUNNING: (gettext_lazy("Running"), "good"),
}
MONTHS = gettext_lazy("%(months)s months")
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class LineSummary:
    """One line. mrr: None where the contract is not a subscription; first_day, last_day: when it runs;
    total: over its written window, None without an end.
    """

    line: ContractLine
    quantity: str
    unit_amount: str
    per: Any
    discount: str
    first_day: dt.date
    last_day: dt.date | None
    written_last_day: dt.date | None
    total: Decimal | None
    mrr: Decimal | None

    def is_alive(self, day: dt.date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True)
class ContractSummary:
    """mrr: of the lines alive on the day (for one that is over or not begun: on its nearest day); None unless a
    subscription. amount: what the lines come to over their written windows, tax left in; None when one is open-ended.
    """

    contract: Contract
    terms: Terms
    state: str
    label: Any
    tone: str
    last_day: dt.date | None
    lines: list[LineSummary]
    mrr: Decimal | None
    amount: Decimal | None
    following: list[Contract]

    @property
    def products(self) -> str:
        """The lines' products, each once, in the order of the lines."""
        return ", ".join(dict.fromkeys(one.line.product.name for one in self.lines))

    @property
    def is_over(self) -> bool:
        return self.state == terms_of_contracts.ENDED


def summarise(contract: Contract, *, day: dt.date, settings: Sequence[MetricSettings]) -> ContractSummary:
    """The summary of a contract read by `queries.standing_contracts`, as of `day`. settings: `queries.settings_by_day`."""
    following: list[Contract] = contract.following  # type: ignore[attr-defined]  # that query brings it
    is_subscription = contract.kind == ContractKind.SUBSCRIPTION
    terms = terms_of(contract, following, settings if is_subscription else ())
    last_day = terms.last_day()
    lines = [_line(contract, line, terms.last_counted_day()) for line in contract.lines.all()]
    shown_day = max(day, contract.starts_on)
    if last_day is not None:
        shown_day = min(shown_day, max(last_day, contract.starts_on))
    state = terms_of_contracts.state(terms, day)
    if not is_subscription and state == terms_of_contracts.ENDING:
        state = terms_of_contracts.RUNNING
    label, tone = STATES[state]
    totals = [one.total for one in lines]
    return ContractSummary(
        contract=contract,
        terms=terms,
        state=state,
        label=label,
        tone=tone,
        last_day=last_day,
        lines=lines,
        mrr=sum((one.mrr for one in lines if one.mrr and one.is_alive(shown_day)), NOTHING)
        if is_subscription
        else None,
        amount=sum((total for total in totals if total is not None), NOTHING) if None not in totals else None,
        following=following,
    )


def amount_of(contract: Contract, line: ContractLine) -> Amount:
    return Amount(
        quantity=line.quantity,
        unit_amount=line.unit_amount,
        interval=line.interval,
        interval_months=line.interval_months,
        discount_percent=line.discount_percent,
        tax_rate_percent=contract.tax_rate_percent if contract.tax_included else None,
        first_day=line.starts_on or contract.starts_on,
        last_day=line.ends_on or contract.ends_on,
    )


def _line(contract: Contract, line: ContractLine, last_day: dt.date | None) -> LineSummary:
    amount = amount_of(contract, line)
    leaves_early = line.ends_on is not None and line.ends_on != contract.ends_on
    runs_to = min((one for one in (line.ends_on if leaves_early else None, last_day) if one), default=None)
    return LineSummary(
        line=line,
        quantity=formats.exact(line.quantity),
        unit_amount=formats.symbol(contract.currency) + formats.exact(line.unit_amount),
        per=per(line.interval, line.interval_months),
        discount=f"{formats.exact(line.discount_percent)}{formats.NO_BREAK}%" if line.discount_percent else "",
        first_day=amount.first_day,
        last_day=runs_to,
        written_last_day=amount.last_day,
        total=written_total(amount),
        mrr=line_mrr(amount) if contract.kind == ContractKind.SUBSCRIPTION else None,
    )


def per(interval: str, months: int | None) -> Any:
    """What an amount is for, in words: Month, Whole term, 18 months."""
    if months:
        return MONTHS % {"months": months}
    return Interval(interval).label if interval else formats.DASH


def axis(summaries: Iterable[ContractSummary], *, day: dt.date, url_of) -> Axis | None:
    """Contracts on a time axis; url_of(contract) → its page."""
    return draw([_span(one, day, url_of(one.contract)) for one in summaries], day)


def _span(summary: ContractSummary, day: dt.date, url: str) -> Span:
    contract = summary.contract
    language = get_language() or "en"
    value = summary.amount if summary.mrr is None else summary.mrr
    short = formats.money_short(value, contract.currency, language)
    full = formats.money(value, contract.currency)
    last = formats.table_day(summary.last_day) if summary.last_day else _("no end")
    worth = full if summary.mrr is None else _("%(amount)s a month") % {"amount": full}
    return Span(
        key=contract.pk,
        starts_on=contract.starts_on,
        until=summary.last_day if summary.last_day is None else max(summary.last_day, contract.starts_on),
        label=short,
        title=f"{contract} · {formats.table_day(contract.starts_on)} – {last} · {worth} · {summary.label}",
        url=url,
        tone=_axis_tone(summary, day),
        follows=contract.renews_id,
    )


def _axis_tone(summary: ContractSummary, day: dt.date) -> str:
    if summary.mrr is None:
        return "other"
    if summary.contract.starts_on > day:
        return "later"
    return "past" if summary.last_day is not None and summary.last_day < day else "now"
