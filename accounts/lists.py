"""What the lists of this app can be searched, filtered and sorted by."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts import columns, groupings, list_filters, queries
from accounts.dimension_values import dimensions
from accounts.list_filters import ARCHIVED, ARCHIVES
from accounts.models import Account
from accounts.search import matching_contacts, matching_contracts, matching_tasks, searched_accounts
from workspaces import formats
from workspaces.lists import ListSpec, searched_words
from workspaces.sorting import Sort


def accounts_at_first(workspace, parameters: Mapping[str, str]) -> Any:
    """The accounts that a list begins from: without archived ones, unless they are asked for or words are searched."""
    rows = queries.standing_accounts(workspace)
    asked = parameters.get(ARCHIVED) in dict(ARCHIVES) or searched_words(parameters)
    return rows if asked else rows.in_use()


def accounts(workspace, user_id: UUID | None) -> ListSpec:
    known = dimensions(workspace)
    return ListSpec(
        sorts=(
            Sort("name", "sort_name"),
            Sort("mrr", "mrr_cents", down_first=True),
            Sort("since", "customer_since", nullable=True),
            Sort("renewal", "renewal_on", nullable=True),
        ),
        default="name",
        columns=(
            *columns.ACCOUNTS,
            *(columns.own_column(dimension) for dimension in known if dimension.field is not None),
        ),
        filters=list_filters.accounts(workspace, user_id, known),
        search=searched_accounts,
        sums=("mrr_cents",),
        groupings=groupings.accounts(workspace, known),
        group_sums=("mrr_cents",),
        say_sums=lambda sums: formats.money(
            Account(mrr_cents=sums["mrr_cents"]).mrr, workspace.base_currency, places=0
        ),
    )


CONTACTS = ListSpec(
    sorts=(Sort("name", "sort_name"),),
    default="name",
    columns=columns.CONTACTS,
    filters=list_filters.CONTACTS,
    search=matching_contacts,
    groupings=groupings.CONTACTS,
)

PRODUCTS = ListSpec(
    sorts=(Sort("name", "name"),),
    default="name",
    columns=columns.PRODUCTS,
    filters=list_filters.PRODUCTS,
    search=lambda products, words: products.filter(Q(name__icontains=words) | Q(code__icontains=words)),
)


def fx_rates(workspace) -> ListSpec:
    return ListSpec(
        sorts=(Sort("date", "date", down_first=True),),
        default="-date",
        columns=columns.fx_rates(workspace.base_currency),
        filters=list_filters.FX_RATES,
    )


def tasks(day: dt.date, *, is_done: bool) -> ListSpec:
    """Tasks by the day they are due, or, once done, the latest first."""
    return ListSpec(
        sorts=(Sort("due", "due_on", nullable=True), Sort("done", "done_at", nullable=True, down_first=True)),
        default="-done" if is_done else "due",
        columns=columns.tasks(is_done=is_done),
        filters=list_filters.tasks(day),
        search=matching_tasks,
        groupings=groupings.tasks(day, is_done=is_done),
    )


def contracts(day: dt.date) -> ListSpec:
    return ListSpec(
        sorts=(Sort("start", "starts_on", down_first=True), Sort("end", "ends_on", nullable=True)),
        default="-start",
        columns=columns.CONTRACTS,
        filters=list_filters.contracts(day),
        search=matching_contracts,
        groupings=groupings.contracts(day),
    )
