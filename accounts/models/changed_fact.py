from django.db import models

from workspaces.tenancy import TenantForeignKey, TenantKey, TenantModel


class ChangedFact(TenantModel):
    """A note to the night: facts of `account` changed from `from_day` on (no account: facts of the whole workspace,
    such as spend). Actions write it so that this app need not know of metrics; closing consumes it.

    It says which fact it was and who changed it, in the words of the activity trail, because a restatement names them.
    """

    id = models.BigAutoField(primary_key=True)
    account = TenantKey("accounts.Account", models.CASCADE, null=True, related_name="+")
    from_day = models.DateField()
    at = models.DateTimeField(db_default=models.functions.Now())
    actor = models.CharField(max_length=200, default="")
    subject_type = models.CharField(max_length=40, default="")
    subject_id = models.CharField(max_length=40, default="")
    subject_label = models.CharField(max_length=200, default="")

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, TenantForeignKey("account", name="accounts_changed_account_fk")]
        indexes = [models.Index(fields=["workspace", "account", "from_day"], name="changed_fact_by_account")]
