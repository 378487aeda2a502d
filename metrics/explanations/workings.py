"""How each figure is put together from its inputs. Pure.

An input is a number of which every part can be listed: MRR at the end, customers lost, spend. What a metric divides and
multiplies stands in `metrics.registry`; here is the same as text with places for the inputs. A test holds them together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from metrics.registry import METRICS, Metric


@dataclass(frozen=True)
class Input:
    """unit: as a metric's, or ``percent``. rows: what its rows are (``balances``, ``movements``, ``lost``, ``retained``,
    ``committed``, ``terms``, ``spend``, ``months``, ``fx``), "" for a setting. kinds: of the rows that count.
    """

    name: str
    label: Any
    unit: str
    rows: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether its value is the sum of its rows: a mean of months and a setting are not."""
        return self.rows not in ("", "months")


_ALL = [
    Input("mrr_start", _("MRR at the start"), "money", "balances"),
    Input("mrr_end", _("MRR at the end"), "money", "balances"),
    Input("new", _("New"), "money", "movements", ("new",)),
    Input("expansion", _("Expansion"), "money", "movements", ("expansion",)),
    Input("contraction", _("Contraction"), "money", "movements", ("contraction",)),
    Input("churn", _("Churn"), "money", "movements", ("churn",)),
    Input("reactivation", _("Reactivation"), "money", "movements", ("reactivation",)),
    Input("entering", _("Entering"), "money", "movements", ("entering",)),
    Input("leaving", _("Leaving"), "money", "movements", ("leaving",)),
    Input("fx", _("Exchange rates"), "money", "fx"),
    Input("committed_new", _("Signed, not started"), "money", "committed", ("new",)),
    Input("committed_lost", _("Known to end"), "money", "committed", ("lost",)),
    Input("customers_start", _("Customers at the start"), "count", "balances"),
    Input("customers_end", _("Customers at the end"), "count", "balances"),
    Input("new_customers", _("New customers"), "count", "movements", ("new",)),
    Input("churned_customers", _("Churned customers"), "count", "lost"),
    Input("nrr_then", _("MRR of the customers a year earlier"), "money", "retained"),
    Input("nrr_now", _("Their MRR now"), "money", "retained"),
    Input("grr_now", _("The lesser of then and now"), "money", "retained"),
    Input("contracts_due", _("Contracts due"), "count", "terms"),
    Input("contracts_renewed", _("Contracts renewed"), "count", "terms", ("successor", "itself")),
    Input("contracts_open", _("Renewals still open"), "count", "terms", ("open",)),
    Input("value_due", _("MRR of the contracts due"), "money", "terms"),
    Input("value_renewed", _("Renewed MRR"), "money", "terms"),
    Input("spend", _("Spend in the period"), "money", "spend"),
    Input("cac_spend", _("Spend that counts for the period"), "money", "spend"),
    Input("monthly_churn", _("Mean monthly churn rate"), "ratio", "months"),
    Input("gross_margin_percent", _("Gross margin"), "percent"),
]
INPUTS = {one.name: one for one in _ALL}

_LTV = "{mrr_end} ÷ {customers_end} × {gross_margin_percent} ÷ {monthly_churn}"
_CAC = "{cac_spend} ÷ {new_customers}"
WORKINGS = {
    "mrr": "{mrr_end}",
    "arr": "{mrr_end} × 12",
    "committed_mrr": "{mrr_end} + {committed_new} − {committed_lost}",
    "committed_new": "{committed_new}",
    "committed_lost": "{committed_lost}",
    "customers": "{customers_end}",
    "new_customers": "{new_customers}",
    "churned_customers": "{churned_customers}",
    "customer_churn_rate": "{churned_customers} ÷ {customers_start}",
    "gross_mrr_churn_rate": "−({churn} + {contraction}) ÷ {mrr_start}",
    "net_mrr_churn_rate": "−({churn} + {contraction} + {expansion} + {reactivation}) ÷ {mrr_start}",
    "nrr": "{nrr_now} ÷ {nrr_then}",
    "grr": "{grr_now} ÷ {nrr_then}",
    "quick_ratio": "({new} + {expansion} + {reactivation}) ÷ −({churn} + {contraction})",
    "arpa": "{mrr_end} ÷ {customers_end}",
    "asp": "{new} ÷ {new_customers}",
    "ltv": _LTV,
    "spend": "{spend}",
    "cac": _CAC,
    "ltv_cac": f"({_LTV}) ÷ ({_CAC})",
    "cac_payback_months": f"({_CAC}) ÷ ({{new}} ÷ {{new_customers}} × {{gross_margin_percent}})",
    "contracts_due": "{contracts_due}",
    "contracts_renewed": "{contracts_renewed}",
    "contracts_open": "{contracts_open}",
    "renewal_rate": "{contracts_renewed} ÷ {contracts_due}",
    "renewal_rate_value": "{value_renewed} ÷ {value_due}",
}
# Columns of the bridge that are no metrics of their own.
COLUMNS = {
    name: f"{{{name}}}"
    for name in (
        "mrr_start",
        "mrr_end",
        "new",
        "expansion",
        "contraction",
        "churn",
        "reactivation",
        "entering",
        "leaving",
        "fx",
        "customers_start",
        "customers_end",
    )
}
_PLACE = re.compile(r"\{(\w+)\}")


def working_of(key: str) -> str:
    """The working of a metric or a column of the bridge; raises KeyError."""
    return WORKINGS.get(key) or COLUMNS[key]


def inputs_of(key: str) -> list[Input]:
    """In the order in which they stand in the working."""
    return [INPUTS[name] for name in dict.fromkeys(_PLACE.findall(working_of(key)))]


def is_explained(key: str) -> bool:
    return key in WORKINGS or key in COLUMNS


def subject(key: str) -> Metric:
    """What is explained: a metric, or a column of the bridge put as one. Raises KeyError."""
    if key in METRICS:
        return METRICS[key]
    one = INPUTS[key]
    return Metric(
        key, one.label, one.unit, _FORMULAS[key], _("A column of the bridge from MRR at the start to MRR at the end."),
        compute=lambda sums: getattr(sums, key),
        is_good_up=None,
    )  # fmt: skip


_FORMULAS: Mapping[str, Any] = {
    "mrr_start": _("Σ balance of each account at the end of the day before the period"),
    "mrr_end": _("Σ balance of each account at the end of the period's last day"),
    "customers_start": _("accounts with a balance above zero at the end of the day before the period"),
    "customers_end": _("accounts with a balance above zero at the end"),
    "new": _("Σ movements “new” of the period"),
    "expansion": _("Σ movements “expansion” of the period"),
    "contraction": _("Σ movements “contraction” of the period"),
    "churn": _("Σ movements “churn” of the period"),
    "reactivation": _("Σ movements “reactivation” of the period"),
    "entering": _("Σ movements “entering” of the period: accounts and lines that came into the slice"),
    "leaving": _("Σ movements “leaving” of the period: accounts and lines that went out of the slice"),
    "fx": _("Σ over accounts of MRR at the end − MRR at the start − movements"),
}


def worked_out(key: str, texts: Mapping[str, str], result: str) -> str:
    """The working with numbers: "−(−1,200.00 + −300.00) ÷ 20,000.00 = 0.075000"."""
    return f"{_PLACE.sub(lambda found: texts[found[1]], working_of(key))} = {result}"


def plain(unit: str, value: Decimal | int | None) -> str:
    """A number of a working, exact and in digits that every language reads; a dash where there is none."""
    if value is None:
        return "—"
    return f"{value:,}{' %' if unit == 'percent' else ''}".replace("-", "−")
