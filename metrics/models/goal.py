from django.db import models
from django.utils.translation import gettext_lazy as _

from metrics.models.period_figures import Interval
from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class Goal(LinkedTenantModel):
    """What a metric is to be at the end of a period, or over it: of the whole workspace or of a team. Exact, in the
    metric's own unit: money, a count, months, or a share (0.03 is 3 %).
    """

    metric = models.CharField(_("metric"), max_length=40)
    interval = models.CharField(_("interval"), max_length=7, choices=Interval)
    starts_on = models.DateField(_("first day of the period"))
    team = TenantKey(
        "workspaces.Team", models.CASCADE, null=True, blank=True, related_name="goals", verbose_name=_("team")
    )
    value = models.DecimalField(_("goal"), max_digits=24, decimal_places=6)

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("team", name="metrics_goal_team_fk"),
            models.UniqueConstraint(
                fields=["workspace", "metric", "interval", "starts_on", "team"],
                nulls_distinct=False,
                name="metrics_goal_once",
            ),
        ]

    def __str__(self):
        return f"{self.metric} {self.starts_on:%Y-%m}"
