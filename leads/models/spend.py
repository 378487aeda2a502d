from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact
from workspaces.tenancy import TenantForeignKey, TenantKey


class Spend(Fact):
    """What was spent on marketing and sales through a channel on a day, in the workspace's base currency."""

    channel = TenantKey("leads.Channel", models.PROTECT, related_name="spend", verbose_name=_("channel"))
    campaign = models.CharField(_("campaign"), max_length=100, blank=True, default="")
    date = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            TenantForeignKey("channel", name="leads_spend_channel_fk"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="leads_spend_amount"),
        ]
        indexes = [
            models.Index(fields=["workspace", "updated_at", "id"], name="spend_by_update"),
            models.Index(fields=["workspace", "date", "id"], name="spend_by_date"),
            models.Index(fields=["workspace", "channel", "date"], name="spend_by_channel"),
        ]
