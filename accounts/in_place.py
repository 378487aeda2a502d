"""Where facts are edited in place: which fields, with which inputs, and how what was saved is shown again."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.template.loader import render_to_string

from accounts import columns, properties, queries
from accounts.actions import field_edits
from accounts.actions.field_edits import EditableFacts
from accounts.dimension_values import dimensions
from accounts.forms.account import AccountForm
from accounts.forms.contact import ContactForm
from accounts.forms.contract import ContractForm
from accounts.forms.custom_values import PREFIX
from accounts.forms.product import ProductForm
from accounts.forms.rows import RowForm
from accounts.forms.task import TaskForm
from accounts.properties import Properties
from workspaces.list_columns import ListColumn, cells

Data = Mapping[str, str] | None


@dataclass(frozen=True)
class Place:
    """One kind of fact that is edited in place.

    form(workspace, fact, data) → the form of the whole fact. fields: those of it that may be changed by themselves.
    heading: the field in a list's first column. columns(workspace): its other ones. template: what a cell holds, of
    `fact`, `column` (None for the first), `text`, `workspace`, `today`. edit_name: the page that changes the whole fact.
    row(fact): a list's row of it. properties(fact, workspace) → those of its page.
    """

    kind: EditableFacts
    form: Callable[[Any, Any, Data], RowForm]
    fields: Callable[[str], bool]
    heading: str
    columns: Callable[[Any], Sequence[ListColumn]]
    template: str
    edit_name: str
    row: Callable[[Any], Any] = lambda fact: fact
    properties: Callable[[Any, Any], Properties] = lambda fact, workspace: []

    def field_form(self, workspace, fact: Any, name: str, data: Data = None) -> RowForm:
        """The form with the one field `name`; raises LookupError where that is not edited in place."""
        form = self.form(workspace, fact, data)
        if name not in form.fields or not self.fields(name):
            raise LookupError(name)
        for other in list(form.fields):
            if other != name:
                del form.fields[other]
        form.auto_id = "in-place-%s"
        return form

    def cell(self, fact: Any, name: str, workspace, *, day: dt.date) -> str:
        """What the list's cell of the field holds on `day`; "" where there is none."""
        column = next((one for one in self.columns(workspace) if one.edits == name), None)
        if column is None and name != self.heading:
            return ""
        text = ""
        if column is not None:
            row = self.row(fact)
            shown = columns.account_cells if column.of is not None else _plain_cells
            ((_row, ((_column, text),)),) = shown(workspace, [row], [column])
        context = {"fact": fact, "column": column, "text": text, "workspace": workspace, "today": day}
        return render_to_string(self.template, context)

    def property_row(self, fact: Any, name: str, workspace) -> dict[str, Any] | None:
        return next((row for row in self.properties(fact, workspace) if row.get("field") == name), None)


def _plain_cells(workspace, rows, shown):
    return cells(rows, shown)


def path_of(name: str) -> str:
    """Where the field of a form stands in the fact's row."""
    return f"custom.{name.removeprefix(PREFIX)}" if name.startswith(PREFIX) else name


def suggestions(workspace, name: str) -> list[str]:
    """What a field's list of suggestions offers."""
    return [value for value, _label in queries.account_choices(workspace, name)] if name in queries.FACETS else []


def _account_columns(workspace) -> list[ListColumn]:
    own = [columns.own_column(dimension) for dimension in dimensions(workspace) if dimension.field is not None]
    return [*columns.ACCOUNTS, *own]


def _contract_form(workspace, contract, data: Data) -> RowForm:
    return ContractForm(
        data, account=contract.account, currencies=[contract.currency], initial=ContractForm.initial_of(contract)
    )


# What of a contract never moves a figure (actions.contracts.SUBSTANCE, ENDS); the rest is changed on its form, where its
# terms stand together.
CONTRACT_FIELDS = {"number", "signed_on", "settlement", "end_reason", "external_id", "note"}

ACCOUNT = Place(
    kind=field_edits.ACCOUNT,
    form=lambda workspace, account, data: AccountForm(data, workspace=workspace, account=account),
    fields=lambda name: name != "parent",
    heading="name",
    columns=_account_columns,
    template="accounts/account_value.html",
    edit_name="accounts:account_edit",
    properties=properties.account_properties,
)
CONTACT = Place(
    kind=field_edits.CONTACT,
    form=lambda workspace, contact, data: ContactForm(
        data, account=contact.account, initial=ContactForm.initial_of(contact)
    ),
    fields=lambda name: name != "account",
    heading="name",
    columns=lambda workspace: columns.CONTACTS,
    template="accounts/contact_value.html",
    edit_name="accounts:contact_edit",
    properties=lambda contact, workspace: properties.contact_properties(contact),
)
CONTRACT = Place(
    kind=field_edits.CONTRACT,
    form=_contract_form,
    fields=CONTRACT_FIELDS.__contains__,
    heading="number",
    columns=lambda workspace: columns.CONTRACTS,
    template="accounts/contract_value.html",
    edit_name="accounts:contract_edit",
    row=lambda contract: SimpleNamespace(contract=contract),
    properties=lambda contract, workspace: properties.contract_properties(contract),
)
TASK = Place(
    kind=field_edits.TASK,
    form=lambda workspace, task, data: TaskForm(
        data, account=task.account, workspace=workspace, initial=TaskForm.initial_of(task)
    ),
    fields=lambda name: name != "account",
    heading="title",
    columns=lambda workspace: columns.tasks(is_done=True),
    template="accounts/task_value.html",
    edit_name="accounts:task_edit",
    properties=lambda task, workspace: properties.task_properties(task),
)
PRODUCT = Place(
    kind=field_edits.PRODUCT,
    form=lambda workspace, product, data: ProductForm(data, initial=ProductForm.initial_of(product)),
    fields=lambda name: True,
    heading="name",
    columns=lambda workspace: columns.PRODUCTS,
    template="accounts/product_value.html",
    edit_name="accounts:product_edit",
)
