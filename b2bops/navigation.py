"""The sidebar: one entry per page that exists, in the order people read it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from workspaces import roles


@dataclass(frozen=True)
class Entry:
    """A sidebar link. `url_name` takes the workspace's slug; `section` marks the pages that light it up."""

    label: Any
    url_name: str
    icon: str
    section: str
    permission: str = roles.VIEW


GROUPS: list[list[Entry]] = [
    [
        Entry(_("My day"), "metrics:my_day", "sun", "my-day"),
        Entry(_("Overview"), "metrics:overview", "layout-dashboard", "overview"),
        Entry(_("Dashboards"), "metrics:dashboards", "chart-column", "dashboards"),
        Entry(_("Breakdown"), "metrics:breakdown", "layers", "breakdown"),
        Entry(_("Cohorts"), "metrics:cohorts", "table", "cohorts"),
        Entry(_("Renewals"), "metrics:renewal_calendar", "repeat", "renewals"),
        Entry(_("Unit economics"), "metrics:unit_economics", "calculator", "unit-economics"),
    ],
    [
        Entry(_("Accounts"), "accounts:account_list", "building-2", "accounts"),
        Entry(_("Contacts"), "accounts:contact_list", "users", "contacts"),
        Entry(_("Contracts"), "accounts:contract_list", "file-text", "contracts"),
        Entry(_("Tasks"), "accounts:task_list", "list-checks", "tasks"),
        Entry(_("Products"), "accounts:product_list", "package", "products"),
    ],
    [
        Entry(_("Spend"), "leads:spend_list", "megaphone", "spend"),
        Entry(_("Exchange rates"), "accounts:fx_rate_list", "arrow-left-right", "fx-rates"),
        Entry(_("Imports"), "jobs:import_list", "upload", "imports", roles.IMPORT_FILES),
        Entry(_("Closings"), "metrics:closing_list", "calendar-check", "closings"),
        Entry(_("Restatements"), "metrics:restatement_list", "history", "restatements"),
    ],
    [
        Entry(_("Activity"), "workspaces:activity", "history", "activity", roles.VIEW_ACTIVITY),
        Entry(_("Settings"), "workspaces:settings", "settings", "settings"),
        Entry(_("Help"), "help", "circle-help", "help"),
    ],
]
