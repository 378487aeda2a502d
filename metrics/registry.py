"""Every metric that the product shows: what it is called, how it is worked out, and in which version of its definition.

Pages, API and docs/metrics.md read it from here, so that no two of them can disagree. A definition that changes gets
the next version; figures of an older one are recomputed and said to be restated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from metrics import ratios
from metrics.ratios import Sums, money, rate


@dataclass(frozen=True)
class Metric:
    """unit: ``money`` (base currency, two places), ``count``, ``ratio`` (six places, 1 is 100 %) or ``months``.

    formula: in terms of other keys and of the sums of a period. is_good_up: whether more is better, None when it
    depends. compute: from the exact sums of a period, rounded once.
    """

    key: str
    name: Any
    unit: str
    formula: Any
    description: Any
    compute: Callable[[Sums], Decimal | int | None]
    is_good_up: bool | None = True
    version: int = 1


_ALL = [
    Metric(
        "mrr",
        _("Monthly recurring revenue"),
        "money",
        _("Σ balance of each account at the end of the period's last day"),
        _(
            "What subscriptions are worth a month. An account's balance is the sum of its contract lines alive that "
            "day, each rounded to cents once; foreign currencies are converted per account at that day's rate."
        ),
        lambda sums: sums.mrr_end,
    ),
    Metric(
        "arr",
        _("Annual run rate"),
        "money",
        _("mrr × 12"),
        _("Monthly recurring revenue times twelve: a year at today's pace, not a forecast."),
        lambda sums: sums.mrr_end * 12,
    ),
    Metric(
        "committed_mrr",
        _("Committed MRR"),
        "money",
        _("mrr + committed_new − committed_lost"),
        _(
            "What MRR comes to once all that is signed has begun and all that is known to end has ended, as far as that "
            "was known at the end of the period's last day."
        ),
        lambda sums: ratios.committed_mrr(sums),
    ),
    Metric(
        "committed_new",
        _("Signed, not started"),
        "money",
        _("Σ over accounts of their contract lines signed by the period's last day that start later"),
        _(
            "A contract is known from the day it was signed, or from its first day where nobody noted one. Foreign "
            "currencies are converted per account at the rate of the period's last day, and count from their first rate on."
        ),
        lambda sums: sums.committed_new,
    ),
    Metric(
        "committed_lost",
        _("Known to end"),
        "money",
        _("Σ over accounts of their contract lines alive on the period's last day whose end is known by then"),
        _(
            "An end is known from the notice, from the signing of what succeeds the contract, or from the contract's own "
            "signing where a line leaves on a day of its own. A term that may still be renewed is not known to end."
        ),
        lambda sums: sums.committed_lost,
        is_good_up=False,
    ),
    Metric(
        "customers",
        _("Paying customers"),
        "count",
        _("accounts with a balance above zero at the end"),
        _("Accounts that pay at the end of the period's last day, in any currency."),
        lambda sums: sums.customers_end,
    ),
    Metric(
        "new_customers",
        _("New customers"),
        "count",
        _("accounts with a movement “new” in the period"),
        _(
            "Accounts that paid for the first time ever, and those that came back after longer than the settings allow. "
            "Every other return is a reactivation, not new."
        ),
        lambda sums: sums.new_customers,
    ),
    Metric(
        "churned_customers",
        _("Churned customers"),
        "count",
        _("customers at the start with balance 0 at the end"),
        _("Customers at the start of the period that are none at its end. Joined and left within it: not counted."),
        lambda sums: sums.churned_customers,
        is_good_up=False,
    ),
    Metric(
        "customer_churn_rate",
        _("Customer churn rate"),
        "ratio",
        _("churned_customers ÷ customers at the start"),
        _("The share of the customers at the start that are none at the end. Empty when there were none at the start."),
        lambda sums: rate(ratios.customer_churn_rate(sums)),
        is_good_up=False,
    ),
    Metric(
        "gross_mrr_churn_rate",
        _("Gross MRR churn rate"),
        "ratio",
        _("−(churn + contraction) ÷ mrr at the start"),
        _("The share of the MRR at the start that was lost to churn and contraction."),
        lambda sums: rate(ratios.gross_mrr_churn_rate(sums)),
        is_good_up=False,
    ),
    Metric(
        "net_mrr_churn_rate",
        _("Net MRR churn rate"),
        "ratio",
        _("−(churn + contraction + expansion + reactivation) ÷ mrr at the start"),
        _("Gross MRR churn less what expansion and reactivation brought. Below zero: the base grows by itself."),
        lambda sums: rate(ratios.net_mrr_churn_rate(sums)),
        is_good_up=False,
    ),
    Metric(
        "nrr",
        _("Net revenue retention"),
        "ratio",
        _("Σ mrr now of those who were customers nrr_window_months ago ÷ Σ their mrr then"),
        _(
            "What a year made of the revenue of last year's customers. Then is the end of the same calendar month a "
            "year earlier (or as many months as the settings say) at that day's exchange rates, now is at today's."
        ),
        lambda sums: rate(ratios.nrr(sums)),
    ),
    Metric(
        "grr",
        _("Gross revenue retention"),
        "ratio",
        _("Σ min(mrr now, mrr then) of those who were customers nrr_window_months ago ÷ Σ their mrr then"),
        _(
            "As net revenue retention, but growth of an account does not make up for the loss of another. Never above 1."
        ),
        lambda sums: rate(ratios.grr(sums)),
    ),
    Metric(
        "quick_ratio",
        _("Quick ratio"),
        "ratio",
        _("(new + expansion + reactivation) ÷ −(churn + contraction)"),
        _("How much MRR came for each unit that went. Empty when nothing was lost."),
        lambda sums: rate(ratios.quick_ratio(sums)),
    ),
    Metric(
        "arpa",
        _("Average revenue per account"),
        "money",
        _("mrr ÷ customers"),
        _("Monthly recurring revenue of an average paying customer."),
        lambda sums: money(ratios.arpa(sums)),
    ),
    Metric(
        "asp",
        _("Average sale price"),
        "money",
        _("new ÷ new_customers"),
        _("The MRR that a new customer of the period began with, on average."),
        lambda sums: money(ratios.asp(sums)),
    ),
    Metric(
        "ltv",
        _("Lifetime value"),
        "money",
        _("arpa (unrounded) × gross margin ÷ mean monthly customer_churn_rate of the last ltv_churn_months months"),
        _(
            "The gross margin that an average customer brings until it leaves at the pace of the last months. The "
            "rates are monthly for every interval; months without customers at their start are left out. Empty when "
            "nobody left: not infinite, not 0."
        ),
        lambda sums: money(ratios.ltv(sums)),
    ),
    Metric(
        "spend",
        _("Acquisition spend"),
        "money",
        _("Σ spend on marketing and sales in the period"),
        _("What was spent to win customers, in base currency, in the period itself."),
        lambda sums: sums.spend,
        is_good_up=None,
    ),
    Metric(
        "cac",
        _("Customer acquisition cost"),
        "money",
        _("spend, cac_lag_months earlier ÷ new_customers"),
        _("What a new customer cost to win. The lag, a setting, lets spend count for customers who sign later."),
        lambda sums: money(ratios.cac(sums)),
        is_good_up=False,
    ),
    Metric(
        "ltv_cac",
        _("LTV : CAC"),
        "ratio",
        _("ltv ÷ cac (both unrounded)"),
        _("What a customer brings for each unit spent to win it; 3 is the usual bar, a setting."),
        lambda sums: rate(ratios.ltv_cac(sums)),
    ),
    Metric(
        "cac_payback_months",
        _("CAC payback"),
        "months",
        _("cac ÷ (asp × gross margin)"),
        _("Months of gross margin after which a new customer has paid for its acquisition."),
        lambda sums: rate(ratios.cac_payback_months(sums)),
        is_good_up=False,
    ),
    Metric(
        "contracts_due",
        _("Contracts due"),
        "count",
        _("term ends of subscription contracts in the period"),
        _("Written ends and each rolled end of contracts that renew themselves, until one is settled for good."),
        lambda sums: sums.contracts_due,
        is_good_up=None,
    ),
    Metric(
        "contracts_renewed",
        _("Contracts renewed"),
        "count",
        _("contracts_due that a successor followed in time or that renewed themselves"),
        _("A successor follows in time when it starts no later than the term end, the grace and one day."),
        lambda sums: sums.contracts_renewed,
    ),
    Metric(
        "contracts_open",
        _("Renewals still open"),
        "count",
        _("contracts_due neither renewed nor given up, whose grace has not passed"),
        _("Terms that have ended and are waiting for a renewal or a notice, as of the last closed day."),
        lambda sums: sums.contracts_open,
        is_good_up=None,
    ),
    Metric(
        "renewal_rate",
        _("Renewal rate"),
        "ratio",
        _("contracts_renewed ÷ contracts_due"),
        _(
            "The share of the term ends of the period that were renewed; early renewals count in the period they were "
            "due. Terms neither renewed nor given up yet are shown as open beside it."
        ),
        lambda sums: rate(ratios.renewal_rate(sums)),
    ),
    Metric(
        "renewal_rate_value",
        _("Renewal rate by value"),
        "ratio",
        _("Σ renewed MRR ÷ Σ MRR of the contracts due"),
        _(
            "The renewal rate weighted by each contract's MRR on its term end. Renewed by a successor counts for the "
            "lesser of that and the successor's MRR on its first day."
        ),
        lambda sums: rate(ratios.renewal_rate_value(sums)),
    ),
]

METRICS: dict[str, Metric] = {metric.key: metric for metric in _ALL}
