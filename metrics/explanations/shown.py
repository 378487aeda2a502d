"""An explanation as pages show it: figures in full, rows with where each leads."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from metrics.explanations.export import COLUMNS, cells_of
from metrics.explanations.rows import Row
from metrics.explanations.workings import Input
from metrics.registry import Metric
from workspaces import formats
from workspaces.models import MetricSettings

# What stands in a column of figures; `then`, `now` and the like are money too.
MONEY = {"mrr", "amount", "then", "now", "lesser", "mrr_renewed", "mrr_start", "moved", "mrr_end", "value", "first"}
# Ratios that are no shares of anything.
PLAIN_RATIOS = ("ltv_cac", "quick_ratio")
SIGNED = {"amount", "moved"}


def figure_in_full(one: Metric | Input, value: Any, currency: str) -> str:
    """A value by its unit with nothing left out; a dash when there is none."""
    if value is None:
        return formats.DASH
    if one.unit == "money":
        return formats.money(value, currency, places=2)
    if one.unit == "ratio" and getattr(one, "key", "") not in PLAIN_RATIOS:
        return formats.percent(value, places=4)
    if one.unit == "percent":
        return formats.percent(value / 100, places=2)
    return formats.exact(value)


def shown_settings(settings: MetricSettings) -> list[dict[str, str]]:
    """The choices in force, and since when, as properties."""
    since = settings.effective_from
    rows = [
        {
            "label": _("In force since"),
            "value": _("the beginning") if since == MetricSettings.START else formats.table_day(since),
        }
    ]
    for field in settings._meta.concrete_fields:
        if field.name in ("id", "workspace", "effective_from", "changed_at"):
            continue
        value = getattr(settings, field.name)
        display = getattr(settings, f"get_{field.name}_display", None)
        text = str(display()) if display else formats.DASH if value is None else formats.exact(value)
        rows.append({"label": _first_capital(str(field.verbose_name)), "value": text})
    return rows


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def shown_rows(one: Input, rows: Sequence[Row], *, workspace) -> list[dict[str, Any]]:
    """label and href of the first cell, and the others as {text, is_number}; rows of months have no link of their own."""
    names = [name for _head, name in COLUMNS[one.rows]]
    shown = []
    for row in rows:
        cells = dict(zip(names, cells_of(one, row), strict=True))
        cells.pop("account", None)
        first = next(iter(cells))
        label = cells.pop(first)
        shown.append(
            {
                "label": formats.table_day(label) if first == "date" else label,
                "href": reverse("accounts:account_page", args=[workspace.slug, row["account_id"]])
                if "account_id" in row
                else "",
                "cells": [_cell(name, value, row, workspace) for name, value in cells.items()],
            }
        )
    return shown


def heads_of(one: Input) -> list[dict[str, Any]]:
    columns = [(head, name) for head, name in COLUMNS[one.rows] if name != "account"]
    return [{"label": head, "is_number": name in MONEY or name in ("churned", "start")} for head, name in columns]


def _cell(name: str, value: Any, row: Row, workspace) -> dict[str, Any]:
    href = ""
    if name == "contract":
        href = reverse("accounts:contract_page", args=[workspace.slug, row["contract_id"]])
        value = value or _("Contract")
    if name in MONEY:
        text = formats.money(value, workspace.base_currency, plus=name in SIGNED, places=2)
        native = [
            formats.money(Decimal(amount), code, places=2) for code, amount in sorted(row.get("balances", {}).items())
        ]
        return {"text": text, "note": " + ".join(native) if name == "mrr" else "", "is_number": True, "href": href}
    if name in ("churned", "start"):
        return {"text": formats.number(value), "is_number": True, "href": href}
    if name in ("date", "since"):
        return {"text": formats.table_day(value), "href": href}
    return {"text": value or formats.DASH, "href": href}
