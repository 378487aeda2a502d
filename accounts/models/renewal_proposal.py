from django.db import models

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class RenewalProposal(LinkedTenantModel):
    """The product's guess that `contract` renews `predecessor`, asked once. Open until a person says yes or no."""

    contract = TenantKey("accounts.Contract", models.CASCADE, related_name="renewal_proposals")
    predecessor = TenantKey("accounts.Contract", models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=models.functions.Now())
    decided_at = models.DateTimeField(null=True)
    is_confirmed = models.BooleanField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            # One question per contract, ever: asked once.
            models.UniqueConstraint(fields=["workspace", "contract"], name="accounts_renewal_asked_once"),
            TenantForeignKey("contract", name="accounts_proposal_contract_fk"),
            TenantForeignKey("predecessor", name="accounts_proposal_predecessor_fk"),
        ]
