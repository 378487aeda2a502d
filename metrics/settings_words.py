"""Metric settings in words, for pages."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from workspaces import formats
from workspaces.actions.settings import METRIC_FIELDS
from workspaces.forms.settings import MetricSettingsForm
from workspaces.models import ChurnTiming, MetricSettings


def described(row: MetricSettings) -> list[dict[str, str]]:
    """Every choice of a row: key, label, value, help (what it does to figures)."""
    helps = MetricSettingsForm.Meta.help_texts
    return [
        {"key": key, "label": label(key), "value": value(key, getattr(row, key)), "help": str(helps[key])}
        for key in METRIC_FIELDS
    ]


def label(key: str) -> str:
    return {
        "renewal_grace_days": _("Renewal grace"),
        "gross_margin_percent": _("Gross margin"),
        "cac_lag_months": _("Acquisition cost lag"),
        "ltv_churn_months": _("Churn behind lifetime value"),
        "nrr_window_months": _("Retention window"),
        "reactivation_after_days": _("An account that comes back"),
        "churn_timing": _("Churn is booked"),
        "ltv_cac_bar": _("LTV : CAC bar"),
    }[key]


def value(key: str, choice) -> str:
    if key == "gross_margin_percent":
        return formats.percent(choice / 100)
    if key == "ltv_cac_bar":
        return formats.number(choice, places=1)
    if key == "churn_timing":
        return str(ChurnTiming(choice).label)
    if key == "reactivation_after_days":
        if choice is None:
            return _("is always a reactivation")
        return _("counts as new after more than %(days)s days") % {"days": choice}
    if key.endswith("_days"):
        return _("%(days)s days") % {"days": choice}
    return _("%(months)s months") % {"months": choice}


def timeline(rows: Sequence[MetricSettings], today: dt.date) -> list[dict]:
    """The rows, latest first, each with what it changes against the one before and whether it is in force `today`.

    rows: all of a workspace, latest first. Items: ``row``, ``is_in_force``, ``changes`` [{label, before, after}].
    """
    in_force = next((row for row in rows if row.effective_from <= today), None)
    items = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        was = {one["key"]: one["value"] for one in described(before)} if before else {}
        changes = [
            {"label": one["label"], "before": was.get(one["key"], ""), "after": one["value"]}
            for one in described(row)
            if one["value"] != was.get(one["key"])
        ]
        items.append({"row": row, "is_in_force": row is in_force, "changes": changes})
    return items
