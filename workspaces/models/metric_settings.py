import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import TenantModel


class ChurnTiming(models.TextChoices):
    """When the MRR of a contract that was given notice stops counting."""

    SERVICE_END = "service_end", _("When its service ends")
    NOTICE = "notice", _("On the day after notice was given")


class MetricSettings(TenantModel):
    """The choices that metric definitions leave to a workspace, from a day on until the next row's. The row of `START` is
    always there. docs/metrics.md says for each choice which day's row is in force.

    `reactivation_after_days`: an account that comes back after more than so many days counts as new; null, never.
    """

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
    nrr_window_months = models.PositiveSmallIntegerField(
        _("retention window, months"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    reactivation_after_days = models.PositiveSmallIntegerField(
        _("counts as new again after, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
    )
    churn_timing = models.CharField(
        _("churn is booked"), max_length=11, choices=ChurnTiming, default=ChurnTiming.SERVICE_END
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
        return gettext("Metric settings") if self.is_first else self.effective_from.isoformat()

    @property
    def is_first(self) -> bool:
        """Whether it holds from the beginning of time."""
        return self.effective_from == self.START
