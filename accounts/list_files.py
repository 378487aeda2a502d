"""What the lists of this app are as files. Headings are those by which an import knows its fields, so that what was taken
along can be changed and brought back.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import import_kinds
from accounts.contract_import import CONTRACTS
from accounts.models import Account, ContractLine
from accounts.queries import asked_fields
from jobs.imports.kinds import ImportKind
from workspaces.list_files import Column, ListFile
from workspaces.models import Membership

JOINT = "; "


def _fields(kind: ImportKind, /, **values) -> list[Column]:
    """Columns with the headings of the kind's fields; values: by field, (row) → cell, the field of that name if None."""
    labels = {field.key: field.label for field in kind.fields}
    return [Column(labels[key], value or (lambda row, key=key: getattr(row, key))) for key, value in values.items()]


def _joined(name: str):
    return lambda row: JOINT.join(getattr(row, name))


def _owner(row) -> str | None:
    return row.owner.user.email if row.owner else None


def _parent(row) -> str | None:
    return row.parent and (row.parent.external_id or row.parent.name)


def _account_of(row) -> str:
    """As an import finds it again."""
    return row.account.external_id or row.account.name


def accounts(workspace) -> ListFile:
    """With the workspace's own fields, and the figures of the last closed day."""
    people = {
        str(member.pk): member.user.email
        for member in Membership.objects.filter(workspace=workspace).select_related("user")
    }

    def own(field):
        def value(row: Account):
            text = row.custom.get(field.key)
            return people.get(text, text) if field.is_person else text

        return Column(field.name, value)

    return ListFile(
        _("Accounts"),
        [
            *_fields(
                import_kinds.ACCOUNTS, external_id=None, name=None, legal_name=None, short_name=None,
                former_names=_joined("former_names"), credit_code=None, industry=None, region=None, employees=None,
                channel=None, tags=_joined("tags"), owner=_owner, website=None, note=None,
                parent=_parent,
            ),
            *(own(field) for field in asked_fields(workspace)),
            Column(_("MRR, %(currency)s") % {"currency": workspace.base_currency}, lambda row: row.mrr),
            Column(_("Customer since"), lambda row: row.customer_since),
            Column(_("Churned on"), lambda row: row.churned_on),
            Column(_("Renewal"), lambda row: row.renewal_on),
        ],
        prepare=lambda rows: rows.select_related("owner__user", "parent"),
    )  # fmt: skip


CONTACTS = ListFile(
    _("Contacts"),
    _fields(
        import_kinds.CONTACTS, external_id=None, account=_account_of, name=None, title=None,
        roles=lambda row: JOINT.join(row.role_labels), stance=lambda row: row.get_stance_display(),
        mobile=None, wechat=None, email=None, note=None,
    ),
    prepare=lambda rows: rows.select_related("account"),
)  # fmt: skip

PRODUCTS = ListFile(_("Products"), _fields(import_kinds.PRODUCTS, name=None, code=None, description=None))


def _plain(value: Decimal | None) -> Decimal | None:
    """The same number without the zeros that only its column has."""
    return None if value is None else Decimal(f"{value.normalize():f}")


def _exact(name: str):
    return lambda row: _plain(getattr(row, name))


FX_RATES = ListFile(_("Exchange rates"), _fields(import_kinds.FX_RATES, currency=None, date=None, rate=_exact("rate")))


def _of_contract(name: str):
    return lambda line: getattr(line.contract, name)


def _lines(contract) -> Iterable[Any]:
    """The lines of a contract, each knowing it; a contract without lines is one all the same."""
    lines = list(contract.lines.all()) or [ContractLine(position=0)]
    for line in lines:
        line.contract = contract
    return lines


CONTRACTS_FILE = ListFile(
    _("Contracts"),
    _fields(
        CONTRACTS,
        external_id=_of_contract("external_id"),
        account=lambda line: _account_of(line.contract),
        number=_of_contract("number"),
        kind=lambda line: line.contract.get_kind_display(),
        currency=_of_contract("currency"),
        signed_on=_of_contract("signed_on"),
        starts_on=_of_contract("starts_on"),
        ends_on=_of_contract("ends_on"),
        auto_renew=_of_contract("auto_renew"),
        cancelled_on=_of_contract("cancelled_on"),
        renews=lambda line: line.contract.renews and (line.contract.renews.external_id or line.contract.renews.number),
        tax_included=_of_contract("tax_included"),
        tax_rate_percent=lambda line: _plain(line.contract.tax_rate_percent),
        settlement=lambda line: line.contract.get_settlement_display(),
        end_reason=lambda line: line.contract.get_end_reason_display(),
        note=_of_contract("note"),
        product=lambda line: line.product.name if line.product_id else None,
        unit_amount=_exact("unit_amount"),
        quantity=_exact("quantity"),
        interval=lambda line: line.get_interval_display(),
        interval_months=None,
        discount_percent=_exact("discount_percent"),
        line_starts_on=lambda line: line.starts_on,
        line_ends_on=lambda line: line.ends_on,
    ),
    prepare=lambda rows: rows.select_related("account", "renews"),
    unfold=_lines,
)

TASKS = ListFile(
    _("Tasks"),
    [
        Column(_("Task"), lambda row: row.title),
        Column(_("Account"), lambda row: row.account and row.account.name),
        Column(_("Due"), lambda row: row.due_on),
        Column(_("Priority"), lambda row: row.get_priority_display()),
        Column(_("For"), lambda row: row.assignee and str(row.assignee.user)),
        Column(_("Done"), lambda row: row.done_at),
        Column(_("Note"), lambda row: row.note),
    ],
    prepare=lambda rows: rows.select_related("account", "assignee__user"),
)
