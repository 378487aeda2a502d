"""Writing exchange rates."""

import datetime as dt
from functools import partial

from django.utils.translation import gettext as _

from accounts.actions import upsert
from accounts.models import Contract, FxRate
from accounts.shapes import FxRateShape
from workspaces import roles
from workspaces.shapes import check


def _keys_of(raw) -> list[tuple]:
    keys = upsert.id_key(raw) + upsert.text_key("external_id", raw)
    currency, date = raw.get("currency"), raw.get("date")
    if isinstance(currency, str) and date is not None:
        shape, _errors = check(FxRateShape, {"currency": currency, "date": date, "rate": 1})
        if shape:
            keys.append(("date", shape.currency, shape.date))
    return keys


def _find(batch, keys):
    found = upsert.find_by(batch, FxRate.objects.all(), [key for key in keys if len(key) == 2], "external_id")
    days = [key[1:] for key in keys if len(key) == 3]
    if days:
        rates = FxRate.objects.filter(
            workspace=batch.workspace,
            voided_at__isnull=True,
            currency__in={currency for currency, _day in days},
            date__in={day for _currency, day in days},
        )
        found |= {("date", rate.currency, rate.date): rate for rate in rates}
    return found


def _resolve(batch) -> None:
    base = batch.workspace.base_currency
    for item in batch.good:
        item.values = upsert.plain_values(item.shape)
        if item.shape.currency == base:
            item.refuse("currency", _("The workspace's own currency needs no rate: it is always 1."))


def _saved(batch, items) -> None:
    """A rate holds from its day on, for every account with contracts in its currency."""
    first: dict[str, tuple[dt.date, upsert.Item]] = {}
    for item in items:
        for currency, day in (
            (item.values["currency"], item.values["date"]),
            (item.before.get("currency", item.values["currency"]), item.before.get("date", item.values["date"])),
        ):
            if currency not in first or day < first[currency][0]:
                first[currency] = (day, item)
    # A year of rates would make a note for every day and account; the earliest of a currency says as much.
    for currency, (day, item) in first.items():
        for account_id in accounts_in_currency(batch.workspace, currency):
            batch.touch(account_id, day, item)


def accounts_in_currency(workspace, currency: str) -> list:
    """Ids of the accounts that have contracts in `currency`."""
    return list(
        Contract.objects.filter(workspace=workspace, currency=currency).values_list("account_id", flat=True).distinct()
    )


KIND = upsert.Kind(
    noun="fx_rate",
    model=FxRate,
    shape=FxRateShape,
    permission=roles.EDIT_MONEY,
    keys_of=_keys_of,
    find=_find,
    row_of=lambda rate: {name: getattr(rate, name) for name in ("external_id", "currency", "date", "rate")},
    resolve=_resolve,
    label_of=lambda item: f"{item.values['currency']} {item.values['date']}",
    saved=_saved,
)


# Create or update rates; see `upsert.save`. Matched by ``id``, ``external_id``, else currency and date.
save_fx_rates = partial(upsert.save, KIND)
