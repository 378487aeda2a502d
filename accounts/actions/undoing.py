"""How changes of each kind of fact are taken back: what stands on it, and which days that touches."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions import accounts, contacts, contracts, fx_rates, products
from accounts.actions.taking_back import Touched, Undoable, take_back
from accounts.actions.voids import contract_days
from accounts.models import (
    Account,
    Attachment,
    Contact,
    Contract,
    ContractLine,
    FxRate,
    Interaction,
    Participant,
    Product,
    Task,
)
from workspaces import formats, roles

Back = dict[UUID, set[str]]


def _told(model: Any, count: int) -> str:
    texts = {
        Contract: ngettext("%(count)s contract", "%(count)s contracts", count),
        Contact: ngettext("%(count)s contact", "%(count)s contacts", count),
        Interaction: ngettext("%(count)s interaction", "%(count)s interactions", count),
        Account: ngettext("%(count)s subsidiary", "%(count)s subsidiaries", count),
        Task: ngettext("%(count)s task", "%(count)s tasks", count),
        Attachment: ngettext("%(count)s file", "%(count)s files", count),
    }
    return texts[model] % {"count": formats.number(count)}


def _accounts_needed(workspace, gone: set[UUID], back: Back) -> dict[UUID, str]:
    if not gone:
        return {}
    found: dict[UUID, list[str]] = defaultdict(list)
    for model in (Contract, Contact, Interaction, Task, Attachment):
        standing = model.objects.standing().filter(workspace=workspace, account_id__any_of=list(gone))
        for pk, count in standing.values_list("account_id").annotate(Count("pk")).order_by("account_id"):
            found[pk].append(_told(model, count))
    under = Account.objects.standing().filter(workspace=workspace, parent_id__any_of=list(gone))
    staying = [
        above
        for pk, above in under.values_list("pk", "parent_id")
        if pk not in gone and "parent_id" not in back.get(pk, ())
    ]
    for pk, count in Counter(staying).items():
        found[pk].append(_told(Account, count))
    return {pk: _("It has %(things)s now.") % {"things": ", ".join(texts)} for pk, texts in found.items()}


def _contacts_needed(workspace, gone: set[UUID], _back: Back) -> dict[UUID, str]:
    if not gone:
        return {}
    standing = Participant.objects.filter(
        workspace=workspace, contact_id__any_of=list(gone), interaction__voided_at__isnull=True
    )
    return dict.fromkeys(standing.values_list("contact_id", flat=True), _("Interactions name this contact."))


def _contracts_needed(workspace, gone: set[UUID], back: Back) -> dict[UUID, str]:
    """Those that a contract renews which neither goes as well nor is put back to renew another or none."""
    if not gone:
        return {}
    successors = Contract.objects.standing().filter(workspace=workspace, renews_id__any_of=list(gone))
    return {
        row.renews_id: _("Contract %(name)s renews it.") % {"name": row}
        for row in successors
        if row.pk not in gone and "renews_id" not in back.get(row.pk, ())
    }


def _products_needed(workspace, gone: set[UUID], _back: Back) -> dict[UUID, str]:
    if not gone:
        return {}
    lines = ContractLine.objects.filter(
        workspace=workspace, product_id__any_of=list(gone), contract__voided_at__isnull=True
    )
    return dict.fromkeys(lines.values_list("product_id", flat=True), _("Contracts name this product."))


def _rate_days(workspace, facts) -> list[Touched]:
    """From the earliest rate of a currency on, for every account with contracts in it."""
    first: dict[str, tuple[dt.date, FxRate]] = {}
    for rate in facts:
        if rate.currency not in first or rate.date < first[rate.currency][0]:
            first[rate.currency] = (rate.date, rate)
    return [
        (account_id, day, rate)
        for currency, (day, rate) in first.items()
        for account_id in fx_rates.accounts_in_currency(workspace, currency)
    ]


ACCOUNT = Undoable(
    noun="account",
    permission=roles.EDIT_FACTS,
    rows=lambda: Account.objects.select_related("owner__user"),
    row_of=accounts.KIND.row_of,
    save=accounts.save_accounts,
    needed=_accounts_needed,
    turns=("attachment", "contact", "contract", "interaction", "task"),
)
CONTACT = Undoable(
    noun="contact",
    permission=roles.EDIT_FACTS,
    rows=Contact.objects.all,
    row_of=contacts.KIND.row_of,
    save=contacts.save_contacts,
    needed=_contacts_needed,
    turns=("interaction",),
)
CONTRACT = Undoable(
    noun="contract",
    permission=roles.EDIT_FACTS,
    rows=lambda: Contract.objects.prefetch_related("lines__product"),
    row_of=contracts.KIND.row_of,
    save=contracts.save_contracts,
    needed=_contracts_needed,
    touched=contract_days,
)
PRODUCT = Undoable(
    noun="product",
    permission=roles.EDIT_MONEY,
    rows=Product.objects.all,
    row_of=products.KIND.row_of,
    save=products.save_products,
    needed=_products_needed,
    turns=("contract",),
)
FX_RATE = Undoable(
    noun="fx_rate",
    permission=roles.EDIT_MONEY,
    rows=FxRate.objects.all,
    row_of=fx_rates.KIND.row_of,
    save=fx_rates.save_fx_rates,
    touched=_rate_days,
)

take_back_accounts = partial(take_back, ACCOUNT)
take_back_contacts = partial(take_back, CONTACT)
# Products that contracts were the first to name go with them, for whoever may write contracts.
take_back_contracts = partial(take_back, CONTRACT, replace(PRODUCT, permission=roles.EDIT_FACTS))
take_back_products = partial(take_back, PRODUCT)
take_back_fx_rates = partial(take_back, FX_RATE)
