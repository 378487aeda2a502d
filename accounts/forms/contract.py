"""The contract form: head fields, and lines of which there may be any number."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.account_choice import AccountChoice
from accounts.forms.fields import AmountField, CountField, DayField, DiscountField, PercentField
from accounts.forms.rows import RowForm
from accounts.models import Contract
from accounts.models.contract import ContractKind, EndReason, Interval, Settlement

LINE_KEY = re.compile(r"lines-(\d{1,4})-")
OTHER_MONTHS = "months"
PER_INTERVAL, TOTAL = "interval", "total"
SPARE_LINES = 3
# The lines as a whole, beside the fields of the form.
LINES = "lines"
INTERVALS = [*((value, label) for value, label in Interval.choices), (OTHER_MONTHS, _("A number of months"))]
NOTHING = [("", "—")]


class LineForm(RowForm):
    """One line; one without product and amount is blank and does not count."""

    product = forms.CharField(
        label=_("Product"), widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"})
    )
    quantity = AmountField(label=_("Quantity"), required=False)
    unit_amount = AmountField(label=_("Unit amount"))
    interval = forms.ChoiceField(label=_("Amount is for"), choices=INTERVALS, required=False)
    interval_months = CountField(label=_("Months"), required=False)
    discount_percent = DiscountField(label=_("Discount"), required=False)
    starts_on = DayField(label=_("Joins on"), required=False)
    ends_on = DayField(label=_("Leaves on"), required=False)

    use_required_attribute = False  # blank lines are sent too

    # With script, a spare line waits until it is asked for.
    is_spare = False

    @property
    def is_blank(self) -> bool:
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in ("product", "unit_amount"))

    def line(self, *, is_total: bool) -> dict[str, Any]:
        row = super().row()
        if row.get("quantity") is None:
            row["quantity"] = 1
        for name, stand_in in (("product", "?"), ("unit_amount", 0)):
            if name in self.errors:
                # It is refused already; the rest of the contract is checked all the same.
                row[name] = stand_in
        if is_total:
            row |= {"interval": Interval.TERM.value, "interval_months": None}
        elif row.get("interval") == OTHER_MONTHS:
            row["interval"] = None
        else:
            row["interval_months"] = None
        return row


class ContractForm(AccountChoice):
    error_fields = AccountChoice.error_fields | {"renews": "renews_id"}
    # A last day says something else once the lines are others.
    stands_together = True

    number = forms.CharField(label=_("Number"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=ContractKind, initial=ContractKind.SUBSCRIPTION)
    signed_on = DayField(label=_("Signed on"), required=False)
    starts_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Included. Empty: open-ended."))
    auto_renew = forms.BooleanField(
        label=_("Renews itself"), required=False, help_text=_("The term rolls over until notice is given.")
    )
    cancelled_on = DayField(label=_("Notice given on"), required=False)
    basis = forms.ChoiceField(
        label=_("Amounts are"),
        choices=[
            (PER_INTERVAL, _("per interval: month, quarter, year …")),
            (TOTAL, _("totals for the whole contract")),
        ],
        widget=forms.RadioSelect,
        initial=PER_INTERVAL,
    )
    tax_included = forms.BooleanField(label=_("Amounts include tax"), required=False)
    tax_rate_percent = PercentField(label=_("Tax rate"), required=False)
    settlement = forms.ChoiceField(label=_("Settlement"), required=False, choices=[*NOTHING, *Settlement.choices])
    end_reason = forms.ChoiceField(label=_("End reason"), required=False, choices=[*NOTHING, *EndReason.choices])
    external_id = forms.CharField(
        label=_("External id"), required=False, help_text=_("How imports and integrations know this contract.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self,
        data: Mapping[str, str] | None = None,
        *,
        currencies: Sequence[str],
        renewable: Sequence[Contract] = (),
        lines: Sequence[Mapping[str, Any]] = (),
        **kwargs,
    ):
        """renewable: the account's contracts that this one may renew; lines: those it has so far."""
        super().__init__(data, **kwargs)
        self.known_lines = lines
        chosen = self.initial.get("currency")
        codes = list(dict.fromkeys([*currencies, *([chosen] if chosen else [])]))
        self.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in codes])
        if renewable:
            choices = [*NOTHING, *((str(one.pk), _label(one)) for one in renewable)]
            self.fields["renews_id"] = forms.ChoiceField(label=_("Renews"), choices=choices, required=False)
        # Else there is nothing to choose from yet: the product looks for a predecessor itself and asks.
        self.lines = _unbound_lines(lines) if data is None else _sent_lines(data)

    @property
    def blank_line(self) -> LineForm:
        """What the page's script copies; `__n__` stands for the line's number."""
        return LineForm(prefix="lines-__n__", initial={"interval": Interval.YEAR})

    @property
    def filled_lines(self) -> list[LineForm]:
        return [line for line in self.lines if line.is_bound]

    def is_valid(self):
        # All of them are asked, so that every error shows at once.
        return all([super().is_valid(), *(line.is_valid() for line in self.filled_lines)])

    @property
    def is_refused(self):
        return super().is_refused or any(line.errors for line in self.filled_lines)

    def row(self):
        row = super().row()
        is_total = row.pop("basis", "") == TOTAL
        return row | {"lines": [line.line(is_total=is_total) for line in self.filled_lines]}

    def shown(self):
        return super().shown() | {LINES: _told(line.shown() for line in self._present_lines)}

    def typed(self):
        return super().typed() | {LINES: _told(line.typed() for line in self.filled_lines)}

    def take_over(self, name):
        if name != LINES:
            return super().take_over(name)
        data = self.data.copy()
        for key in [key for key in data if LINE_KEY.match(key)]:
            del data[key]
        for line in self._present_lines:
            data.update({line.add_prefix(part): text for part, text in line.shown().items()})
        self.data = data
        self.lines = _sent_lines(data)

    def label_of(self, name):
        return _("Lines") if name == LINES else super().label_of(name)

    def said(self, name):
        if name != LINES:
            return super().said(name)
        shown = [line.shown() for line in self._present_lines]
        return "; ".join(f"{line['product']} {line['quantity']} × {line['unit_amount']}" for line in shown)

    @property
    def _present_lines(self) -> list[LineForm]:
        return [line for line in _unbound_lines(self.known_lines) if line.initial.get("product")]

    def take_errors(self, errors):
        own, filled = {}, self.filled_lines
        for path, messages in errors.items():
            match path.split("."):
                case ["lines", number, *rest] if number.isdigit() and int(number) < len(filled):
                    line = filled[int(number)]
                    name = rest[0] if rest else ""
                    if name == "interval" and line.data.get(line.add_prefix("interval")) == OTHER_MONTHS:
                        name = "interval_months"
                    line.take_errors({name: messages})
                case _:
                    own[path] = messages
        super().take_errors(own)

    @staticmethod
    def initial_of(contract: Contract) -> dict:
        names = (
            "number", "kind", "currency", "signed_on", "starts_on", "ends_on", "auto_renew", "cancelled_on",
            "tax_included", "tax_rate_percent", "settlement", "end_reason", "external_id", "note",
        )  # fmt: skip
        lines = list(contract.lines.all())
        is_total = bool(lines) and all(line.interval == Interval.TERM and not line.interval_months for line in lines)
        return {name: getattr(contract, name) for name in names} | {
            "renews_id": str(contract.renews_id or ""),
            "basis": TOTAL if is_total else PER_INTERVAL,
        }

    @staticmethod
    def lines_of(contract: Contract) -> list[dict]:
        names = ("quantity", "unit_amount", "discount_percent", "starts_on", "ends_on", "interval_months")
        return [
            {name: getattr(line, name) for name in names}
            | {"product": line.product.name, "interval": OTHER_MONTHS if line.interval_months else line.interval}
            for line in contract.lines.all()
        ]


def _told(lines: Iterable[Mapping[str, str]]) -> str:
    """Lines as one text; that one without a quantity is of one."""
    told = [{name: text for name, text in line.items() if text} for line in lines]
    return json.dumps([{"quantity": "1"} | line for line in told], sort_keys=True)


def _sent_lines(data: Mapping[str, str]) -> list[LineForm]:
    numbers = sorted({int(found[1]) for key in data if (found := LINE_KEY.match(key))})[:500]
    sent = [LineForm(data, prefix=f"lines-{number}") for number in numbers]
    filled = [line for line in sent if not line.is_blank]
    return [*filled, *_spare_lines(max(numbers, default=-1) + 1, has_others=bool(filled))]


def _unbound_lines(lines: Sequence[Mapping[str, Any]]) -> list[LineForm]:
    shown = [LineForm(prefix=f"lines-{number}", initial=dict(line)) for number, line in enumerate(lines)]
    return [*shown, *_spare_lines(len(lines), has_others=bool(lines))]


def _spare_lines(first: int, *, has_others: bool) -> list[LineForm]:
    """Blank lines numbered from `first`: with script they wait until asked for, without they are the way to add. Where
    there is no other line the first of them stands open.
    """
    spare = [LineForm(prefix=f"lines-{first + n}", initial={"interval": Interval.YEAR}) for n in range(SPARE_LINES)]
    for number, line in enumerate(spare):
        line.is_spare = has_others or number > 0
    return spare


def _label(contract: Contract) -> str:
    return f"{contract} · {contract.starts_on} – {contract.ends_on or '…'}"
