from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class Stage(models.TextChoices):
    """How far people are with a renewal, in the order in which it goes; whether it is renewed, contracts alone decide."""

    NOT_STARTED = "not_started", pgettext_lazy("renewal", "Not started")
    TALKING = "talking", _("Talking")
    OFFER_SENT = "offer_sent", _("Offer sent")
    AGREED = "agreed", _("Agreed")
    WILL_NOT_RENEW = "will_not_renew", _("Will not renew")


class RenewalStage(LinkedTenantModel):
    """How far people are with the renewal of `contract` at one end of its term; without a row it is not started.

    `number` counts the ends as `metrics.TermEnd` does: 0 is the written one, then each at which a contract that renews
    itself rolls on. So a stage stays with its renewal when the end is written anew, and the next year's begins afresh.
    """

    contract = TenantKey("accounts.Contract", models.CASCADE, related_name="renewal_stages")
    number = models.PositiveIntegerField()
    stage = models.CharField(max_length=20, choices=Stage)
    moved_at = models.DateTimeField(db_default=models.functions.Now())
    moved_by = models.CharField(max_length=200)

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace", "contract", "number"], name="accounts_renewal_stage_once"),
            TenantForeignKey("contract", name="accounts_renewal_stage_contract_fk"),
        ]

    def __str__(self):
        return f"{self.contract_id} {self.number}: {self.stage}"
