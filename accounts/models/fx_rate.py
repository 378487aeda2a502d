from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact


class FxRate(Fact):
    """Base units for one foreign unit, from a day until the next rate of that currency."""

    currency = models.CharField(_("currency"), max_length=3)
    date = models.DateField(_("date"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "currency", "date"],
                condition=models.Q(voided_at__isnull=True),
                name="accounts_fxrate_once_a_day",
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="accounts_fxrate_positive"),
        ]
