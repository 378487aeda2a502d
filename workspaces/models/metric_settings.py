import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import TenantModel


class MetricSettings(TenantModel):
    """The choices that metric definitions leave to a workspace, from a day on. The row of `START` is always there."""

    START = dt.date(1900, 1, 1)

    id = models.BigAutoField(primary_key=True)
    effective_from = models.DateField(default=START)
    renewal_grace_days = models.PositiveSmallIntegerField(
        _("renewal grace, days"), default=0, validators=[MaxValueValidator(365)]
    )
    gross_margin_percent = models.DecimalField(
        _("gross margin, percent"),
        max_digits=5,
        decimal_places=2,
        default=80,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    cac_lag_months = models.PositiveSmallIntegerField(
        _("acquisition cost lag, months"), default=0, validators=[MaxValueValidator(24)]
    )
    ltv_churn_months = models.PositiveSmallIntegerField(
        _("months of churn behind lifetime value"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    ltv_cac_bar = models.DecimalField(
        _("LTV : CAC bar"), max_digits=5, decimal_places=2, default=3, validators=[MinValueValidator(0)]
    )
    # Figures older than this were computed with other choices; the next closing makes them again.
    changed_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace", "effective_from"], name="workspaces_metric_settings_once"),
        ]

    def __str__(self):
        return gettext("Metric settings")
