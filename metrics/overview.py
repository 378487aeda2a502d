"""What the overview says: tiles, the bridge of a month, and the course of months, as ready texts and chart data.

Pure: rows of metrics.queries in, dictionaries for templates out. Every number is written by workspaces.formats.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from metrics.period_names import period_name
from metrics.registry import METRICS
from workspaces import formats

Row = Mapping[str, Any]


@dataclass(frozen=True)
class TileSpec:
    """A tile: the metric, how its change is put, and its short name where people have one."""

    key: str
    change: formats.DeltaKind
    short: Any = None


TILES = (
    TileSpec("mrr", "relative", gettext_lazy("MRR")),
    TileSpec("arr", "relative", gettext_lazy("ARR")),
    TileSpec("customers", "number"),
    TileSpec("customer_churn_rate", "points", gettext_lazy("Customer churn")),
    TileSpec("nrr", "points", gettext_lazy("Net retention")),
    TileSpec("arpa", "relative", gettext_lazy("Revenue per account")),
    TileSpec("ltv", "relative"),
    TileSpec("ltv_cac", "number"),
    TileSpec("cac_payback_months", "number"),
    TileSpec("renewal_rate", "points"),
)
SPECS = {spec.key: spec for spec in TILES}
CHANGE_BY_UNIT: dict[str, formats.DeltaKind] = {
    "money": "relative",
    "count": "number",
    "ratio": "points",
    "months": "number",
}
KEYS = (
    *(tile.key for tile in TILES),
    "cac",
    "committed_mrr",
    "churned_customers",
    "new_customers",
    "contracts_due",
    "contracts_renewed",
    "contracts_open",
)

# The changes of a bridge, in the order they are told.
CHANGES = (
    ("new", gettext_lazy("New")),
    ("expansion", gettext_lazy("Expansion")),
    ("reactivation", gettext_lazy("Reactivation")),
    ("contraction", gettext_lazy("Contraction")),
    ("churn", gettext_lazy("Churn")),
    ("fx", gettext_lazy("Exchange rates")),
)

# Of a part of the book, also what changed hands. These take the colours of what grows and shrinks: charts know no others.
SLICE_CHANGES = (
    *CHANGES[:-1],
    ("entering", gettext_lazy("Entering")),
    ("leaving", gettext_lazy("Leaving")),
    CHANGES[-1],
)
ROLES = {"entering": "reactivation", "leaving": "contraction"}

# Why a tile has no value.
NONE_BECAUSE = {
    "customer_churn_rate": gettext_lazy("no customers at the start"),
    "nrr": gettext_lazy("no customers a year earlier"),
    "arpa": gettext_lazy("no customers"),
    "cac": gettext_lazy("no new customers"),
    "ltv": gettext_lazy("no churn in the window"),
    "ltv_cac": gettext_lazy("no new customers, or no churn"),
    "cac_payback_months": gettext_lazy("no new customers"),
    "renewal_rate": gettext_lazy("nothing was due"),
}


# Ratios that are told as they are, not in percent.
PLAIN_RATIOS = ("ltv_cac", "quick_ratio")


def figure(key: str, value: Any, currency: str, language: str) -> tuple[str, str]:
    """(short text, full text) of a metric's value by its unit; a dash when there is none."""
    unit = METRICS[key].unit
    if value is None:
        return formats.DASH, formats.DASH
    if unit == "money":
        return formats.money_short(value, currency, language), formats.money(value, currency)
    if unit == "ratio":
        if key in PLAIN_RATIOS:
            return formats.number(value, places=1), formats.number(value, places=2)
        return formats.percent(value), formats.percent(value, places=2)
    if unit == "months":
        months = formats.number(value, places=1)
        return _("%(months)s months") % {"months": months}, _("%(months)s months") % {"months": months}
    return formats.number(value), formats.number(value)


def table_figure(key: str, value: Any, currency: str, language: str) -> tuple[str, str]:
    """`figure` as a table has it: amounts whole rather than short."""
    text, full = figure(key, value, currency, language)
    return (formats.money(value, currency, places=0) if METRICS[key].unit == "money" else text), full


def tiles(
    now: Row,
    then: Row | None,
    *,
    against: str,
    currency: str,
    language: str,
    href: Callable[[str], str],
    unavailable: Mapping[str, str] = {},
):
    """The tiles of a period. `then`: the row compared with, None when there is none. href(key): the rows behind.
    unavailable: of a part of the book, metrics that nobody can tell of it, and why.
    """
    told: dict[str, Any] = {
        "against": against,
        "currency": currency,
        "language": language,
        "href": href,
        "unavailable": unavailable,
    }
    return [tile(spec, now, then, **told) for spec in TILES]


def tile(
    spec: TileSpec,
    now: Row,
    then: Row | None,
    *,
    against: str,
    currency: str,
    language: str,
    href: Callable[[str], str],
    unavailable: Mapping[str, str] = {},
) -> dict[str, Any]:
    """One of `tiles`. Of what its note is said from, rows need to hold only what was read."""
    metric = METRICS[spec.key]
    value = now[spec.key]
    is_unspent = spec.key in ("ltv_cac", "cac_payback_months") and now.get("cac") == 0
    if is_unspent:
        value = None  # customers won for nothing: nothing was entered, rather than nothing spent
    text, full = figure(spec.key, value, currency, language)
    was = then.get(spec.key) if then else None
    return {
        "key": spec.key,
        "label": spec.short or metric.name,
        "value": text,
        "full": full,
        "delta": formats.delta(
            value, was, spec.change, language, higher_is_better=metric.is_good_up, currency=currency
        ),
        "against": against,
        "note": _note(spec.key, now, currency, language),
        "none": (unavailable.get(spec.key) or _none_because(spec.key, is_unspent=is_unspent)) if value is None else "",
        "href": href(spec.key),
        "info": f"about-{spec.key}",
        "definition": metric,
    }


def spec_of(key: str) -> TileSpec:
    """How a tile of any metric is put."""
    if key in SPECS:
        return SPECS[key]
    return TileSpec(key, "number" if key == "quick_ratio" else CHANGE_BY_UNIT[METRICS[key].unit])


def _none_because(key: str, *, is_unspent: bool) -> Any:
    return _("no spend entered") if is_unspent else NONE_BECAUSE.get(key, _("no value"))


def _note(key: str, row: Row, currency: str, language: str) -> str:
    """What a ratio rests on: its sample, in words."""
    if key == "customer_churn_rate" and row["customer_churn_rate"] is not None:
        return ngettext("%(count)s left", "%(count)s left", row["churned_customers"]) % {
            "count": row["churned_customers"]
        }
    if key == "mrr":
        return _("committed %(amount)s") % {"amount": formats.money_short(row["committed_mrr"], currency, language)}
    if key == "customers":
        return _("%(count)s new") % {"count": row["new_customers"]}
    if key == "cac" and row["cac"]:
        return ngettext("%(count)s new customer", "%(count)s new customers", row["new_customers"]) % {
            "count": formats.number(row["new_customers"])
        }
    if key == "ltv_cac" and row["cac"]:
        return _("CAC %(cac)s") % {"cac": formats.money_short(row["cac"], currency, language)}
    if key == "renewal_rate" and row["contracts_due"]:
        text = _("%(renewed)s of %(due)s") % {"renewed": row["contracts_renewed"], "due": row["contracts_due"]}
        return f"{text} · {_('%(count)s open') % {'count': row['contracts_open']}}" if row["contracts_open"] else text
    return ""


def bridge_chart(
    row: Row,
    *,
    before: str,
    after: str,
    currency: str,
    language: str,
    href: Callable[[str], str],
    changes=CHANGES,
) -> dict:
    """The waterfall of one period, from its opening balance to its closing one; changes of nothing are left out."""

    def step(label, value, role, *, plus, url=""):
        return {
            "label": str(label),
            "value": float(value),
            "role": role,
            "text": formats.money_short(value, currency, language, plus=plus),
            "full": formats.money(value, currency, plus=plus),
            **({"url": url} if url else {}),
        }

    steps = [step(before, row["mrr_start"], "total", plus=False, url=href("mrr_start"))]
    steps += [
        step(label, row[kind], ROLES.get(kind, kind), plus=True, url=href(kind)) for kind, label in changes if row[kind]
    ]
    steps.append(step(after, row["mrr_end"], "total", plus=False, url=href("mrr_end")))
    return {"kind": "waterfall", "unit": "money", "currency": currency, "steps": steps}


def course_chart(
    rows: Sequence[Row],
    key: str,
    *,
    currency: str,
    language: str,
    href: Callable[[Row], str],
    beside_href: Callable[[Row], str] | None = None,
) -> dict:
    """One metric over months, MRR with what is committed beside it (which `beside_href` explains); the month that still
    runs is marked "so far".
    """
    values = [row[key] for row in rows]
    second = []
    if key == "mrr":
        others = [row["committed_mrr"] for row in rows]
        second.append(
            {
                "name": _("Committed MRR"),
                "kind": "line",
                "values": [_plain(value) for value in others],
                "texts": [formats.money_short(value, currency, language) for value in others],
                **({"urls": [beside_href(row) for row in rows]} if beside_href else {}),
            }
        )
    return {
        "kind": "lines",
        "unit": "money" if METRICS[key].unit == "money" else "count",
        "currency": currency,
        "so_far": _so_far(rows),
        "x": [formats.period_short(row["period"], language) for row in rows],
        "zero": True,
        "series": [
            {
                "name": str(spec_of(key).short or METRICS[key].name),
                "kind": "area",
                "values": [_plain(value) for value in values],
                "texts": [figure(key, value, currency, language)[0] for value in values],
                "urls": [href(row) for row in rows],
            },
            *second,
        ],
    }


def movements_chart(
    rows: Sequence[Row], *, currency: str, language: str, href: Callable[[Row, str], str], changes=CHANGES
) -> dict:
    """What came and went by period, stacked around zero, with the net change."""
    net = [row["mrr_end"] - row["mrr_start"] for row in rows]
    return {
        "kind": "movements",
        "unit": "money",
        "currency": currency,
        "so_far": _so_far(rows),
        "x": [period_name(row["period"], language, short=True) for row in rows],
        "series": [
            {
                "role": ROLES.get(kind, kind),
                "name": str(label),
                "values": [_plain(row[kind]) for row in rows],
                "texts": [formats.money_short(row[kind], currency, language, plus=True) for row in rows],
                "urls": [href(row, kind) for row in rows],
            }
            for kind, label in changes
            if any(row[kind] for row in rows)
        ],
        "net": {
            "name": _("Net"),
            "values": [_plain(value) for value in net],
            "texts": [formats.money_short(value, currency, language, plus=True) for value in net],
        },
    }


def _so_far(rows: Sequence[Row]) -> str | None:
    return _("so far") if rows and not rows[-1]["closed"] else None


def _plain(value: Decimal | int | None) -> float | None:
    """For drawing only; the texts beside it carry the exact value."""
    return None if value is None else float(value)
