"""The columns of this app's lists after the first: those that show without a choice, and those that can be chosen."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.dimension_values import Dimension, labels
from accounts.families import names_of
from accounts.forms.custom_values import PREFIX
from accounts.models.custom_field import FieldKind
from workspaces import formats
from workspaces.list_columns import ListColumn


def _text(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, name)


def _day(name: str) -> Callable[[Any], str]:
    return lambda row: formats.table_day(getattr(row, name))


def _moment(name: str) -> Callable[[Any], str]:
    return lambda row: formats.table_day(timezone.localdate(getattr(row, name)))


def _employees(account) -> str:
    return "" if account.employees is None else formats.number(account.employees)


def _plain(name: str, label: Any, *, is_shown: bool = True, is_figure: bool = False) -> ListColumn:
    """The text of a field that is changed in its cell."""
    return ListColumn(name, label, text=_text(name), is_figure=is_figure, is_shown=is_shown, edits=name)


EXTERNAL_ID = _plain("external_id", gettext_lazy("External id"), is_shown=False, is_figure=True)
CREATED = ListColumn("created", gettext_lazy("Entered on"), text=_moment("created_at"), is_figure=True, is_shown=False)

# Standing, MRR, owner and tags are drawn by the page.
ACCOUNTS = (
    ListColumn("standing", gettext_lazy("Standing")),
    ListColumn("mrr", gettext_lazy("MRR"), sort="mrr", is_number=True),
    ListColumn("owner", gettext_lazy("Owner"), edits="owner"),
    _plain("industry", gettext_lazy("Industry")),
    _plain("region", gettext_lazy("Region")),
    ListColumn("tags", gettext_lazy("Tags"), edits="tags"),
    ListColumn("since", gettext_lazy("Customer since"), sort="since", text=_day("customer_since"), is_figure=True),
    ListColumn("renewal", gettext_lazy("Renewal"), sort="renewal", text=_day("renewal_on"), is_figure=True),
    ListColumn("churned", gettext_lazy("Churned on"), text=_day("churned_on"), is_figure=True, is_shown=False),
    _plain("channel", gettext_lazy("Channel of origin"), is_shown=False),
    ListColumn(
        "employees", gettext_lazy("Employees"), text=_employees, is_number=True, is_shown=False, edits="employees"
    ),
    _plain("legal_name", gettext_lazy("Legal name"), is_shown=False),
    _plain("credit_code", gettext_lazy("Credit code"), is_shown=False, is_figure=True),
    ListColumn("parent", gettext_lazy("Parent account"), is_shown=False),
    _plain("website", gettext_lazy("Website"), is_shown=False),
    EXTERNAL_ID,
    CREATED,
)

# The account and the stance are drawn by the page.
CONTACTS = (
    _plain("title", gettext_lazy("Title")),
    ListColumn("account", gettext_lazy("Account")),
    ListColumn(
        "roles", gettext_lazy("Buying roles"), text=lambda contact: ", ".join(contact.role_labels), edits="roles"
    ),
    ListColumn("stance", gettext_lazy("Stance"), edits="stance"),
    _plain("mobile", gettext_lazy("Mobile"), is_figure=True),
    _plain("wechat", gettext_lazy("WeChat")),
    _plain("email", gettext_lazy("Email")),
    _plain("note", gettext_lazy("Note"), is_shown=False),
    EXTERNAL_ID,
    CREATED,
)


def _of_contract(text: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda summary: text(summary.contract)


# Of a ContractSummary. Account, state and amounts are drawn by the page.
CONTRACTS = (
    ListColumn("account", gettext_lazy("Account")),
    ListColumn("state", gettext_lazy("State")),
    ListColumn("kind", gettext_lazy("Kind"), text=_of_contract(lambda one: one.get_kind_display())),
    ListColumn("products", gettext_lazy("Products"), text=_text("products")),
    ListColumn(
        "start", gettext_lazy("First day"), sort="start", text=_of_contract(_day("starts_on")), is_figure=True
    ),
    ListColumn("end", gettext_lazy("Last day"), sort="end", text=_of_contract(_day("ends_on")), is_figure=True),
    ListColumn("mrr", gettext_lazy("MRR"), is_number=True),
    ListColumn("total", gettext_lazy("Total"), is_number=True),
    ListColumn("currency", gettext_lazy("Currency"), text=_of_contract(_text("currency")), is_shown=False),
    ListColumn(
        "signed", gettext_lazy("Signed on"), text=_of_contract(_day("signed_on")), is_figure=True, is_shown=False,
        edits="signed_on",
    ),
    ListColumn(
        "notice", gettext_lazy("Notice given on"), text=_of_contract(_day("cancelled_on")), is_figure=True,
        is_shown=False,
    ),
    ListColumn(
        "auto_renew", gettext_lazy("Renews itself"),
        text=_of_contract(lambda one: _("yes") if one.auto_renew else _("no")), is_shown=False,
    ),
    ListColumn(
        "settlement", gettext_lazy("Settlement"), text=_of_contract(lambda one: one.get_settlement_display()),
        is_shown=False, edits="settlement",
    ),
    ListColumn(
        "end_reason", gettext_lazy("End reason"), text=_of_contract(lambda one: one.get_end_reason_display()),
        is_shown=False, edits="end_reason",
    ),
    ListColumn(
        "external_id", gettext_lazy("External id"), text=_of_contract(_text("external_id")), is_figure=True,
        is_shown=False, edits="external_id",
    ),
    ListColumn("note", gettext_lazy("Note"), text=_of_contract(_text("note")), is_shown=False, edits="note"),
)  # fmt: skip


PRODUCTS = (
    _plain("code", gettext_lazy("Code"), is_figure=True),
    _plain("description", gettext_lazy("Description")),
    EXTERNAL_ID,
    CREATED,
)


def _rate(row) -> str:
    """Four decimals, so that a column lines up, and more only where there are more."""
    four = formats.number(row.rate, places=4)
    return four if row.rate == round(row.rate, 4) else formats.exact(row.rate)


def fx_rates(base_currency: str) -> tuple[ListColumn, ...]:
    return (
        ListColumn("date", gettext_lazy("From"), sort="date", text=_day("date"), is_figure=True),
        ListColumn("rate", _("One unit in %(currency)s") % {"currency": base_currency}, text=_rate, is_number=True),
        ListColumn(
            "external_id", gettext_lazy("External id"), text=_text("external_id"), is_figure=True, is_shown=False
        ),
        CREATED,
    )


def _person(name: str) -> Callable[[Any], str]:
    def say(row) -> str:
        member = getattr(row, name)
        return str(member.user) if member else ""

    return say


def tasks(*, is_done: bool) -> tuple[ListColumn, ...]:
    """Texts of assignees and notes; the page draws the others. is_done: of tasks that are done, which then say when."""
    return (
        ListColumn("account", gettext_lazy("Account")),
        ListColumn("due", gettext_lazy("Due"), sort="due", edits="due_on"),
        ListColumn("assignee", gettext_lazy("For"), text=_person("assignee"), edits="assignee"),
        ListColumn("priority", gettext_lazy("Priority"), edits="priority"),
        *([ListColumn("done", gettext_lazy("Done"), sort="done", is_figure=True)] if is_done else []),
        _plain("note", gettext_lazy("Note"), is_shown=False),
        ListColumn("creator", gettext_lazy("Entered by"), text=_person("created_by"), is_shown=False),
        CREATED,
    )


def own_column(dimension: Dimension) -> ListColumn:
    """The column of a custom field; `account_cells` knows what its values are called."""
    kind = dimension.field.kind if dimension.field is not None else ""
    is_number = kind in (FieldKind.NUMBER, FieldKind.MONEY)
    is_figure = kind == FieldKind.DATE
    return ListColumn(
        dimension.parameter,
        dimension.label,
        is_number=is_number,
        is_figure=is_figure,
        is_shown=False,
        of=dimension,
        edits=f"{PREFIX}{dimension.field.key}" if dimension.field is not None else "",
    )


def account_cells(workspace, accounts: Iterable[Any], columns: Iterable[ListColumn]) -> list[tuple[Any, list[tuple]]]:
    """[(account, [(column, what its cell says)])]; the values of own fields are asked for by the column, not by the row."""
    accounts, columns = list(accounts), list(columns)
    called: dict[str, dict[Any, Any]] = {}
    for column in columns:
        if column.of is not None:
            values = {account.custom.get(column.of.field.key, "") for account in accounts} - {""}
            called[column.key] = labels(workspace, column.of, values)
        elif column.key == "parent":
            ids = {account.parent_id for account in accounts} - {None}
            called[column.key] = names_of(workspace, ids) if ids else {}

    def say(account, column: ListColumn) -> Any:
        if column.key == "parent":
            return called[column.key].get(account.parent_id, "")
        if column.of is None:
            return column.say(account)
        value = account.custom.get(column.of.field.key, "")
        return called[column.key][value] if value else ""

    return [(account, [(column, say(account, column)) for column in columns]) for account in accounts]
