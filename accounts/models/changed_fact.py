from django.db import models

from workspaces.tenancy import TenantForeignKey, TenantKey, TenantModel


class ChangedFact(TenantModel):
    """A note to the night: facts of `account` changed from `from_day` on (no account: facts of the whole workspace,
    such as spend). Actions write it so that this app need not know of metrics; closing consumes it.
    """

    id = models.BigAutoField(primary_key=True)
    account = TenantKey("accounts.Account", models.CASCADE, null=True, related_name="+")
    from_day = models.DateField()
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, TenantForeignKey("account", name="accounts_changed_account_fk")]
        indexes = [models.Index(fields=["workspace", "account", "from_day"], name="changed_fact_by_account")]
