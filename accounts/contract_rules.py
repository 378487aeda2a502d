"""What a contract must satisfy by itself, whatever else exists. Pure: shapes in, messages out."""

from django.utils.translation import gettext as _

from accounts.models.contract import ContractKind, Interval
from accounts.shapes import ContractShape, LineShape
from workspaces.batch import Errors

# Beyond any contract, and small enough that sums over all accounts fit their columns.
LARGEST_AMOUNT = 10**13


def contract_errors(contract: ContractShape) -> Errors:
    """Errors by field path; empty when the contract can stand. The rules are those of docs/metrics.md."""
    errors: Errors = {}

    def refuse(path: str, message: str) -> None:
        errors.setdefault(path, []).append(message)

    if contract.ends_on and contract.ends_on < contract.starts_on:
        refuse("ends_on", _("The end lies before the start."))
    if contract.cancelled_on and not contract.ends_on:
        refuse("cancelled_on", _("Notice needs an end date: an open-ended contract that stops is given its end."))
    if contract.tax_included and contract.tax_rate_percent is None:
        refuse("tax_rate_percent", _("Amounts with tax need the tax rate."))
    if (contract.renews or contract.renews_id) and kind_of(contract) != ContractKind.SUBSCRIPTION:
        refuse("renews", _("Only a subscription can renew another contract."))
    if not errors:
        for position, line in enumerate(contract.lines or []):
            for path, message in line_errors(contract, line):
                refuse(f"lines.{position}.{path}", message)
    return errors


def kind_of(contract: ContractShape) -> str:
    return contract.kind or ContractKind.SUBSCRIPTION.value


def line_errors(contract: ContractShape, line: LineShape):
    """(field, message) of each thing that is wrong with a line in its contract."""
    if line.interval is None and line.interval_months is None:
        yield "interval", _("Say what the amount is for: an interval, or a number of months.")
    if line.starts_on and line.ends_on and line.ends_on < line.starts_on:
        yield "ends_on", _("The end lies before the start.")
        return
    # A line may join or leave in a rolled term of a contract that renews itself, never before the contract begins.
    last = None if contract.auto_renew else contract.ends_on
    for path, day in (("starts_on", line.starts_on), ("ends_on", line.ends_on)):
        if day is None:
            continue
        if day < contract.starts_on:
            yield path, _("This lies before the contract begins (%(day)s).") % {"day": contract.starts_on}
        elif last and day > last:
            yield path, _("This lies after the contract ends (%(day)s).") % {"day": last}
    is_term = line.interval == Interval.TERM and line.interval_months is None
    first, end = line.starts_on or contract.starts_on, line.ends_on or contract.ends_on
    # A line that joins in a rolled term lies behind its contract's written end, so it needs an end of its own.
    if is_term and (end is None or end < first):
        yield "interval", _("A total for the whole term needs an end date.")
    if line.quantity * line.unit_amount > LARGEST_AMOUNT:
        yield "unit_amount", _("Quantity times unit amount is too large.")
