"""What stands about one account, contact, contract or task beside its name, as `components/properties.html` shows it."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.dimension_values import dimensions, labels
from accounts.forms.custom_values import PREFIX
from accounts.models import Account, Contact, Contract, Task
from workspaces import formats

Properties = list[dict[str, Any]]


def account_properties(account: Account, workspace) -> Properties:
    """Each with the field of the account's form that changes it."""
    path = reverse("accounts:account_list", args=[workspace.slug])
    employees = "" if account.employees is None else formats.number(account.employees)
    tags = [{"label": tag, "href": f"{path}?{urlencode({'tag': tag})}"} for tag in account.tags]
    rows: Properties = [
        {"field": "short_name", "label": _("Short name"), "value": account.short_name},
        {"field": "legal_name", "label": _("Legal name"), "value": account.legal_name},
        {"field": "former_names", "label": _("Former names"), "value": ", ".join(account.former_names)},
        {"field": "credit_code", "label": _("Credit code"), "value": account.credit_code},
        {"field": "owner", "label": _("Owner"), "value": str(account.owner) if account.owner else ""},
        {"field": "industry", "label": _("Industry"), "value": account.industry},
        {"field": "region", "label": _("Region"), "value": account.region},
        {"field": "employees", "label": _("Employees"), "value": employees},
        {"field": "channel", "label": _("Channel of origin"), "value": account.channel},
        {"field": "tags", "label": _("Tags"), "value": "", "tags": tags},
        {"field": "website", "label": _("Website"), "value": account.website, "href": _website(account.website)},
        {"field": "external_id", "label": _("External id"), "value": account.external_id or ""},
    ]
    for dimension in dimensions(workspace):
        if dimension.field is not None:
            value = account.custom.get(dimension.field.key)
            text = labels(workspace, dimension, [value])[value] if value else ""
            rows.append({"field": PREFIX + dimension.field.key, "label": dimension.label, "value": text})
    return rows


def _website(text: str) -> str:
    """`text` as a link, only where it is one: a script's address is none."""
    if text.startswith(("https://", "http://")):
        return text
    return f"https://{text}" if "." in text and ":" not in text and " " not in text else ""


def contact_properties(contact: Contact) -> Properties:
    return [
        {"field": "title", "label": _("Title"), "value": contact.title},
        {"field": "roles", "label": _("Buying roles"), "value": ", ".join(contact.role_labels)},
        {"field": "mobile", "label": _("Mobile"), "value": contact.mobile, "href": f"tel:{contact.mobile}"},
        {"field": "wechat", "label": _("WeChat"), "value": contact.wechat},
        {"field": "email", "label": _("Email"), "value": contact.email, "href": f"mailto:{contact.email}"},
        {"field": "external_id", "label": _("External id"), "value": contact.external_id or ""},
    ]


def contract_properties(contract: Contract) -> Properties:
    """Those with a field never move a figure; the others are changed on the contract's form."""
    language = get_language() or "en"
    tax = ""
    if contract.tax_included and contract.tax_rate_percent is not None:
        tax = _("included, %(rate)s %%") % {"rate": formats.exact(contract.tax_rate_percent)}
    notice = formats.day(contract.cancelled_on, language) if contract.cancelled_on else ""
    signed = formats.day(contract.signed_on, language) if contract.signed_on else ""
    return [
        {"label": _("Currency"), "value": contract.currency},
        {"label": _("Tax"), "value": tax},
        {"field": "signed_on", "label": _("Signed on"), "value": signed},
        {"field": "settlement", "label": _("Settlement"), "value": contract.get_settlement_display()},
        {"label": _("Renews itself"), "value": _("yes") if contract.auto_renew else ""},
        {"label": _("Notice given on"), "value": notice},
        {"field": "end_reason", "label": _("End reason"), "value": contract.get_end_reason_display()},
        {"field": "external_id", "label": _("External id"), "value": contract.external_id or ""},
    ]


def task_properties(task: Task) -> Properties:
    language = get_language() or "en"
    due = formats.day(task.due_on, language) if task.due_on else ""
    done = formats.moment(timezone.localtime(task.done_at), language) if task.done_at else ""
    return [
        {"field": "title", "label": _("Task"), "value": task.title},
        {"field": "due_on", "label": _("Due"), "value": due},
        {"field": "assignee", "label": _("For"), "value": str(task.assignee) if task.assignee else ""},
        {"field": "priority", "label": _("Priority"), "value": task.get_priority_display()},
        {"label": _("Done"), "value": done},
        {"label": _("Entered by"), "value": str(task.created_by) if task.created_by else ""},
        {"field": "note", "label": _("Note"), "value": task.note, "is_text": True},
    ]
