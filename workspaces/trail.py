"""Activities in words: what the trail's page says of each row. Keys that it does not know are shown as they are."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from workspaces.formats import DASH
from workspaces.identities.apps import NAMES
from workspaces.mentions import plain
from workspaces.models import Activity, ChurnTiming, Workspace
from workspaces.roles import ROLE_CHOICES, SCOPE_CHOICES

VERBS = {
    "created": gettext_lazy("created"),
    "updated": gettext_lazy("changed"),
    "voided": gettext_lazy("voided"),
    "removed": gettext_lazy("removed"),
    "archived": gettext_lazy("archived"),
    "restored": gettext_lazy("restored"),
    "joined": gettext_lazy("joined"),
    "deactivated": gettext_lazy("deactivated"),
    "reactivated": gettext_lazy("reactivated"),
    "revoked": gettext_lazy("revoked"),
    "queued": gettext_lazy("queued"),
    "uploaded": gettext_lazy("uploaded"),
    "undone": gettext_lazy("undone"),
    "succeeded": gettext_lazy("finished"),
    "failed": gettext_lazy("failed"),
    "enabled": gettext_lazy("enabled"),
    "disabled": gettext_lazy("disabled"),
    "secret_changed": gettext_lazy("got a new secret"),
    "secret_shown": gettext_lazy("secret looked at"),
    "tried": gettext_lazy("tried"),
    "replayed": gettext_lazy("sent again"),
    "exported": gettext_lazy("exported"),
    "merged": gettext_lazy("merged"),
    "split": gettext_lazy("split"),
    "erased": gettext_lazy("erased"),
    "erasure_asked": gettext_lazy("to be erased"),
    "erasure_called_back": gettext_lazy("not to be erased after all"),
    "kept_apart": gettext_lazy("kept apart"),
    "app_connected": gettext_lazy("connected with a work app"),
    "app_disconnected": gettext_lazy("disconnected from a work app"),
    "renewal_confirmed": gettext_lazy("renewal confirmed"),
    "renewal_moved": gettext_lazy("renewal moved"),
    "renewal_dismissed": gettext_lazy("renewal dismissed"),
}
SUBJECTS = {
    "account": gettext_lazy("Account"),
    "contact": gettext_lazy("Contact"),
    "contract": gettext_lazy("Contract"),
    "product": gettext_lazy("Product"),
    "fx_rate": gettext_lazy("Exchange rate"),
    "custom_field": gettext_lazy("Custom field"),
    "saved_filter": gettext_lazy("Saved filter"),
    "saved_view": gettext_lazy("View of a list"),
    "dashboard": gettext_lazy("Dashboard"),
    "channel": gettext_lazy("Channel"),
    "spend": gettext_lazy("Spend"),
    "annotation": gettext_lazy("Note on charts"),
    "goal": gettext_lazy("Goals"),
    "shared_link": gettext_lazy("Public link"),
    "interaction": gettext_lazy("Interaction"),
    "attachment": gettext_lazy("File"),
    "task": gettext_lazy("Task"),
    "renewalproposal": gettext_lazy("Renewal"),
    "run": gettext_lazy("Run"),
    "importjob": gettext_lazy("Import"),
    "export": gettext_lazy("Export"),
    "membership": gettext_lazy("Member"),
    "team": gettext_lazy("Team"),
    "invitation": gettext_lazy("Invitation"),
    "apikey": gettext_lazy("API key"),
    "webhook": gettext_lazy("Webhook"),
    "robot": gettext_lazy("Group robot"),
    "metricsettings": gettext_lazy("Metric settings"),
    "workspace": gettext_lazy("Workspace"),
}
DOORS = {
    "page": gettext_lazy("Page"),
    "api": gettext_lazy("API"),
    "import": gettext_lazy("Import"),
    "command": gettext_lazy("Command"),
    "task": gettext_lazy("Night"),
}
ICONS = {
    "account": "building-2",
    "contact": "user",
    "contract": "file-text",
    "product": "package",
    "fx_rate": "arrow-left-right",
    "custom_field": "sliders-horizontal",
    "saved_filter": "filter",
    "saved_view": "list",
    "channel": "megaphone",
    "spend": "megaphone",
    "annotation": "sticky-note",
    "goal": "target",
    "shared_link": "link",
    "interaction": "message-square",
    "attachment": "paperclip",
    "task": "list-checks",
    "renewalproposal": "repeat",
    "run": "workflow",
    "importjob": "upload",
    "export": "download",
    "membership": "user-cog",
    "team": "users-round",
    "invitation": "mail",
    "apikey": "key-round",
    "webhook": "webhook",
    "robot": "message-square",
    "dashboard": "layout-dashboard",
    "metricsettings": "sliders-horizontal",
    "workspace": "settings",
}
# Pages of things in apps above this one are known by their URL name only.
PAGES = {
    "account": "accounts:account_page",
    "contact": "accounts:contact_page",
    "contract": "accounts:contract_page",
    "interaction": "accounts:interaction_page",
    "task": "accounts:task_edit",
    "annotation": "metrics:annotation_edit",
    "membership": "workspaces:member",
    "team": "workspaces:team_edit",
    "importjob": "jobs:import_page",
    "webhook": "jobs:webhook_page",
    "robot": "metrics:digest_robot",
    "dashboard": "metrics:dashboard",
}
FIELDS = {
    "name": gettext_lazy("name"),
    "legal_name": gettext_lazy("legal name"),
    "short_name": gettext_lazy("short name"),
    "former_names": gettext_lazy("former names"),
    "external_id": gettext_lazy("external id"),
    "credit_code": gettext_lazy("unified social credit code"),
    "industry": gettext_lazy("industry"),
    "region": gettext_lazy("region"),
    "employees": gettext_lazy("employees"),
    "tags": gettext_lazy("tags"),
    "custom": gettext_lazy("custom fields"),
    "key": gettext_lazy("key"),
    "choices": gettext_lazy("choices"),
    "position": gettext_lazy("position"),
    "conditions": gettext_lazy("conditions"),
    "is_shared": gettext_lazy("shared"),
    "is_archived": gettext_lazy("archived"),
    "list": gettext_lazy("list"),
    "shows": gettext_lazy("shows"),
    "may_export": gettext_lazy("may export"),
    "file_format": gettext_lazy("format"),
    "narrowed_by": gettext_lazy("narrowed by"),
    "website": gettext_lazy("website"),
    "note": gettext_lazy("note"),
    "owner": gettext_lazy("owner"),
    "account": gettext_lazy("account"),
    "parent": gettext_lazy("parent account"),
    "number": gettext_lazy("number"),
    "kind": gettext_lazy("kind"),
    "currency": gettext_lazy("currency"),
    "signed_on": gettext_lazy("signed on"),
    "starts_on": gettext_lazy("starts on"),
    "ends_on": gettext_lazy("ends on"),
    "cancelled_on": gettext_lazy("cancelled on"),
    "auto_renew": gettext_lazy("renews itself"),
    "renews": gettext_lazy("renews"),
    "renewal_stage": gettext_lazy("renewal stage"),
    "tax_included": gettext_lazy("tax included"),
    "tax_rate_percent": gettext_lazy("tax rate, percent"),
    "settlement": gettext_lazy("settlement"),
    "end_reason": gettext_lazy("end reason"),
    "lines": gettext_lazy("lines"),
    "title": gettext_lazy("title"),
    "roles": gettext_lazy("buying roles"),
    "stance": gettext_lazy("stance"),
    "size": gettext_lazy("size, bytes"),
    "interaction": gettext_lazy("interaction"),
    "mobile": gettext_lazy("mobile"),
    "wechat": gettext_lazy("WeChat id"),
    "email": gettext_lazy("email"),
    "code": gettext_lazy("code"),
    "description": gettext_lazy("description"),
    "date": gettext_lazy("date"),
    "rate": gettext_lazy("rate"),
    "channel": gettext_lazy("channel"),
    "campaign": gettext_lazy("campaign"),
    "amount": gettext_lazy("amount"),
    "reason": gettext_lazy("reason"),
    "erase_at": gettext_lazy("erased on"),
    "merged_account": gettext_lazy("merged account"),
    "split_account": gettext_lazy("split from"),
    "moved": gettext_lazy("moved along"),
    "stays": gettext_lazy("stays with the winner"),
    "role": gettext_lazy("role"),
    "team": gettext_lazy("team"),
    "manager": gettext_lazy("manager"),
    "scope": gettext_lazy("scope"),
    "prefix": gettext_lazy("prefix"),
    "expires_at": gettext_lazy("expires"),
    "is_active": gettext_lazy("active"),
    "url": gettext_lazy("address"),
    "events": gettext_lazy("events"),
    "vendor": gettext_lazy("chat"),
    "event": gettext_lazy("event"),
    "slug": gettext_lazy("address"),
    "timezone": gettext_lazy("time zone"),
    "language": gettext_lazy("language"),
    "fiscal_year_start_month": gettext_lazy("fiscal year begins in"),
    "requires_two_step": gettext_lazy("two-step sign-in required"),
    "allows_public_links": gettext_lazy("public links allowed"),
    "page": gettext_lazy("dashboard"),
    "shows_names": gettext_lazy("shows names"),
    "has_password": gettext_lazy("asks for a password"),
    "renewal_grace_days": gettext_lazy("renewal grace, days"),
    "gross_margin_percent": gettext_lazy("gross margin, percent"),
    "cac_lag_months": gettext_lazy("acquisition cost lag, months"),
    "ltv_churn_months": gettext_lazy("months of churn behind lifetime value"),
    "nrr_window_months": gettext_lazy("retention window, months"),
    "reactivation_after_days": gettext_lazy("counts as new again after, days"),
    "churn_timing": gettext_lazy("churn is booked"),
    "ltv_cac_bar": gettext_lazy("LTV : CAC bar"),
    "state": gettext_lazy("state"),
    "rows": gettext_lazy("rows"),
    "step": gettext_lazy("step"),
    "voided": gettext_lazy("voided"),
    "restored": gettext_lazy("restored"),
    "kept": gettext_lazy("not taken back"),
    "until": gettext_lazy("through"),
    "error": gettext_lazy("error"),
    "work_app": gettext_lazy("work app"),
}
# Fields whose values are keys with a name of their own.
VALUES: dict[str, dict[str, Any]] = {
    "role": dict(ROLE_CHOICES),
    "work_app": NAMES,
    "scope": dict(SCOPE_CHOICES),
    "language": dict(Workspace.LANGUAGES),
    "vendor": {
        "wecom": gettext_lazy("WeCom"),
        "dingtalk": gettext_lazy("DingTalk"),
        "feishu": gettext_lazy("Feishu"),
    },
    "churn_timing": dict(ChurnTiming.choices),
    "list": {
        "accounts": gettext_lazy("Accounts"),
        "contacts": gettext_lazy("Contacts"),
        "contracts": gettext_lazy("Contracts"),
        "tasks": gettext_lazy("Tasks"),
        "products": gettext_lazy("Products"),
        "fx-rates": gettext_lazy("Exchange rates"),
        "spend": gettext_lazy("Spend"),
        "renewals": gettext_lazy("Renewals"),
        "movements": gettext_lazy("Movements"),
        "imports": gettext_lazy("Imports"),
        "activity": gettext_lazy("Activity"),
    },
    "renewal_stage": {
        "not_started": pgettext_lazy("renewal", "Not started"),
        "talking": gettext_lazy("Talking"),
        "offer_sent": gettext_lazy("Offer sent"),
        "agreed": gettext_lazy("Agreed"),
        "will_not_renew": gettext_lazy("Will not renew"),
    },
    "state": {
        "queued": gettext_lazy("waiting"),
        "running": gettext_lazy("running"),
        "succeeded": gettext_lazy("finished"),
        "failed": gettext_lazy("failed"),
    },
}
# A run is called by its kind and key; the key is for machines.
RUNS = {
    "import": gettext_lazy("Import"),
    "closing": gettext_lazy("Closing"),
    "settings_preview": gettext_lazy("Preview of settings"),
    "erasure": gettext_lazy("Erasure of a person"),
    "workspace_export": gettext_lazy("Export of the workspace"),
}
ROW_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Longer values are cut on the page; the row keeps them.
LONGEST_SHOWN = 160


@dataclass(frozen=True)
class Entry:
    """One line of the trail, in the active time zone. changes: [{label, before, after}]."""

    who: str
    at: datetime
    day: date
    verb: Any
    kind: Any
    label: str
    url: str
    door: Any
    icon: str
    changes: list[dict]

    @classmethod
    def of(cls, row: Activity, slug: str) -> "Entry":
        kind = SUBJECTS.get(row.subject_type, row.subject_type)
        return cls(
            who=str(row.user) if row.user is not None else row.actor,
            at=timezone.localtime(row.at),
            day=timezone.localdate(row.at),
            verb=VERBS.get(row.verb, row.verb),
            kind=kind,
            label=_label(row, kind),
            url=page_of(row.subject_type, row.subject_id, slug),
            door=DOORS.get(row.door, row.door),
            icon=ICONS.get(row.subject_type, "activity"),
            changes=changes_in_words(_told(row, row.before), _told(row, row.after)),
        )


def _told(row: Activity, facts: dict | None) -> dict:
    """A run is called by its kind, which needs no saying again."""
    return {name: value for name, value in (facts or {}).items() if not (row.subject_type == "run" and name == "kind")}


def _label(row: Activity, kind) -> str:
    if row.subject_type == "run":
        return str(RUNS.get(row.subject_label.partition(" ")[0], ""))
    return "" if row.subject_label == kind else row.subject_label


def page_of(subject_type: str, subject_id: str, slug: str) -> str:
    """The page of a thing, "" where it has none."""
    if subject_type not in PAGES:
        return ""
    try:
        return reverse(PAGES[subject_type], args=[slug, subject_id])
    except NoReverseMatch:
        return ""


def changes_in_words(before: dict, after: dict) -> list[dict]:
    """What changed, field by field; values that were and are nothing, and keys of rows, which say nothing to people, are
    left out.
    """
    fields = [
        field
        for field in [*after, *(one for one in before if one not in after)]
        if not _is_row_key(field, after.get(field) or before.get(field))
    ]
    rows = [
        {
            "label": FIELDS.get(field, field),
            "before": _named(field, before.get(field)),
            "after": _named(field, after.get(field)) or DASH,
        }
        for field in fields
    ]
    return [row for row in rows if row["before"] or row["after"] != DASH]


def _is_row_key(field: str, value) -> bool:
    return field not in FIELDS and (
        field.endswith("_id") or (isinstance(value, str) and bool(ROW_KEY.fullmatch(value)))
    )


def _named(field: str, value) -> str:
    if isinstance(value, str) and value in VALUES.get(field, {}):
        return str(VALUES[field][value])
    return shown(value)


def shown(value) -> str:
    """A JSON value in words; "" for nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return ngettext("%(count)s entry", "%(count)s entries", len(value)) % {"count": len(value)}
    if isinstance(value, list):
        text = ", ".join(shown(item) for item in value)
    elif isinstance(value, dict):
        text = ", ".join(f"{FIELDS.get(key, key)}: {shown(item)}" for key, item in value.items())
    else:
        text = plain(str(value))
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
