"""Golden books: loaded through the real actions, closed for real, read back in the books' own words."""

import datetime as dt
import json
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from accounts.actions import save_accounts, save_contracts, save_fx_rates
from leads.actions import save_spend
from metrics import queries
from metrics.closing import close_through
from tests.cast import make_user, make_workspace
from workspaces.actions.settings import add_metric_settings, update_metric_settings
from workspaces.actor import system_actor
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

FOLDER = Path(__file__).parent.parent / "golden"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
SETTINGS = ("renewal_grace_days", "gross_margin_percent", "cac_lag_months", "ltv_churn_months")
BY = system_actor("command")
EVER, NEVER = dt.date(1990, 1, 1), dt.date(2100, 1, 1)
# What the books call otherwise than the registry.
KEYS = {"mrr_end": "mrr", "customers_end": "customers"}


def book(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text())


def open_book(name: str, slug: str = "book") -> tuple[Workspace, dict]:
    """A workspace with everything that the book holds, nothing closed yet."""
    content = book(name)
    choices = content["workspace"]
    workspace = make_workspace(
        slug,
        owner=make_user(slug),
        currency=choices["base_currency"],
        timezone=choices["timezone"],
    )
    with workspace_scope(workspace):
        update_metric_settings(workspace=workspace, by=BY, **{key: choices[key] for key in SETTINGS if key in choices})
        write(workspace, content)
    return workspace, content


def write(workspace, content: dict) -> None:
    """Save accounts, contracts, rates and spend, whichever are there; every row must be taken."""
    for key, save in (
        ("accounts", save_accounts),
        ("contracts", save_contracts),
        ("fx_rates", save_fx_rates),
        ("spend", save_spend),
    ):
        results = save(workspace=workspace, rows=content.get(key, []), by=BY)
        assert [result.errors for result in results if result.errors] == []


def write_what_stands(workspace, content: dict) -> dict:
    """Save everything; the content without the contracts that the actions refuse."""
    write(workspace, content | {"contracts": []})
    results = save_contracts(workspace=workspace, rows=content["contracts"], by=BY)
    rows = [row for row, result in zip(content["contracts"], results, strict=True) if result.status != "error"]
    return content | {"contracts": rows}


def open_content(content: dict, slug: str = "book") -> tuple[Workspace, dict]:
    """A workspace with what stands of `content`, and that."""
    choices = content["workspace"]
    workspace = make_workspace(
        slug,
        owner=make_user(slug),
        currency=choices["base_currency"],
        timezone=choices["timezone"],
        fiscal_year_start_month=choices.get("fiscal_year_start_month", 1),
    )
    with workspace_scope(workspace):
        update_metric_settings(workspace=workspace, by=BY, **{key: choices[key] for key in SETTINGS if key in choices})
        for row in sorted(content.get("settings", []), key=lambda row: row["effective_from"]):
            choose(workspace, row)
        content = write_what_stands(workspace, content)
    return workspace, content


def choose(workspace, row: dict) -> None:
    """Let what `row` says hold from its day on; the rows after it keep the rest as they have it."""
    values = {key: value for key, value in row.items() if key != "effective_from"}
    with suppress(ValidationError):  # Nothing would change.
        add_metric_settings(
            workspace=workspace, effective_from=dt.date.fromisoformat(row["effective_from"]), by=BY, **values
        )


def after(day: dt.date, zone: str = "Asia/Shanghai") -> dt.datetime:
    """An instant at which `day` is over in `zone`."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(3), ZoneInfo(zone))


def close(workspace, until: str | dt.date, **kwargs):
    day = dt.date.fromisoformat(until) if isinstance(until, str) else until
    return close_through(workspace=workspace, until=day, at=after(day, workspace.timezone), **kwargs)


def movements(workspace) -> list[dict]:
    """As in a book: account, date, kind and amount, by date and account."""
    with workspace_scope(workspace):
        rows = queries.movements(workspace=workspace, first=EVER, last=NEVER)
    return [
        {"account": row["account"], "date": str(row["date"]), "kind": row["kind"], "amount": row["amount"]}
        for row in rows
    ]


def months(workspace, keys, interval: str = "month") -> list[dict]:
    """As in a book: a row per period with the book's keys."""
    bridge_keys = [key for key in keys if key in queries.BRIDGE]
    metric_keys = {key: KEYS.get(key, key) for key in keys if key not in bridge_keys and key != "period"}
    with workspace_scope(workspace):
        window = {"workspace": workspace, "first": EVER, "last": NEVER, "interval": interval}
        series = queries.series(keys=list(metric_keys.values()), **window)
        bridge = queries.bridge(**window)
    return [
        {"period": row["period"]}
        | {key: moved[key] for key in bridge_keys}
        | {key: row[name] for key, name in metric_keys.items()}
        for row, moved in zip(series, bridge, strict=True)
    ]


def as_decimals(rows: list[dict]) -> list[dict]:
    """Amounts of a book to compare: text to Decimal where it is a number."""

    def read(key, value):
        is_text = key in ("period", "date", "account", "kind") or not isinstance(value, str)
        return value if is_text else Decimal(value)

    return [{key: read(key, value) for key, value in row.items()} for row in rows]
