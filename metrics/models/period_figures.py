from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _


class Interval(models.TextChoices):
    MONTH = "month", _("Month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


def _money(**kwargs):
    return models.DecimalField(max_digits=22, decimal_places=2, **kwargs)


class PeriodFigures(models.Model):
    """The exact sums of one month, quarter or year, from which every metric is worked out when it is read; a metric
    itself is never stored, so none is ever computed from a rounded one. The period that is still running is here too,
    as of its last closed day (`through`).

    `nrr_then` is the MRR of those who were customers `nrr_window_months` ago, `nrr_now` theirs today, `grr_now` the sum of
    the lesser of the two. `cac_spend` is the spend of the period `cac_lag_months` earlier. Margin and windows are those
    in force on `through`, kept so that a changed setting shows only once the figures are recomputed. `rates` are what
    balances at the end of `through` were converted at, {"USD": "7.1"}: they take a balance out of the sums again as it
    was put in, whatever was entered for that day since. `committed_new` is the MRR signed by then and not begun,
    `committed_lost` that of lines alive then that are known to end.
    """

    pk = models.CompositePrimaryKey("workspace", "interval", "starts_on")
    workspace = models.ForeignKey("workspaces.Workspace", models.CASCADE, db_index=False, related_name="+")
    interval = models.CharField(max_length=7, choices=Interval)
    starts_on = models.DateField()
    ends_on = models.DateField()
    through = models.DateField()
    mrr_start = _money()
    new = _money()
    expansion = _money()
    contraction = _money()
    churn = _money()
    reactivation = _money()
    mrr_end = _money()
    customers_start = models.IntegerField()
    customers_end = models.IntegerField()
    new_customers = models.IntegerField()
    churned_customers = models.IntegerField()
    nrr_then = _money()
    nrr_now = _money()
    grr_now = _money()
    contracts_due = models.IntegerField()
    contracts_renewed = models.IntegerField()
    value_due = _money()
    value_renewed = _money()
    committed_new = _money(default=0)
    committed_lost = _money(default=0)
    spend = _money()
    cac_spend = _money()
    gross_margin_percent = models.DecimalField(max_digits=5, decimal_places=2)
    ltv_churn_months = models.PositiveSmallIntegerField()
    nrr_window_months = models.PositiveSmallIntegerField(default=12)
    rates = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(through__lte=models.F("ends_on")), name="metrics_period_through"),
        ]

    def __str__(self):
        return f"{self.interval} from {self.starts_on}"

    @property
    def is_closed(self) -> bool:
        return self.through == self.ends_on

    @property
    def fx(self) -> Decimal:
        """What neither a movement nor a balance explains: the rates moved under foreign balances."""
        moved = self.new + self.expansion + self.contraction + self.churn + self.reactivation
        return self.mrr_end - self.mrr_start - moved
