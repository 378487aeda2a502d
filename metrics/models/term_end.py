from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import TenantForeignKey, TenantKey


class Outcome(models.TextChoices):
    """What became of a term end. `UNDECIDED` is open until the grace has passed, and lost from then on."""

    SUCCESSOR = "successor", _("Renewed by a new contract")
    ITSELF = "itself", _("Renewed itself")
    GIVEN_UP = "given_up", _("Given up")
    UNDECIDED = "undecided", _("Undecided")


class TermEnd(models.Model):
    """A day on which a subscription's term ends and its renewal falls due: the written end (`number` 0) and each
    rolled end of a contract that renews itself. Rows reach one term past the last closed day; those future rows have
    no values yet.

    `value` is the contract's MRR on the day as if nothing renewed it, `value_renewed` how much of it was renewed, both
    in base currency. `repeats_after` is the length of the term in months when another term follows.
    """

    pk = models.CompositePrimaryKey("workspace", "contract", "number")
    workspace = models.ForeignKey(
        "workspaces.Workspace", models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    contract = TenantKey("accounts.Contract", models.CASCADE, related_name="term_ends")
    number = models.PositiveIntegerField()
    account = TenantKey("accounts.Account", models.CASCADE, related_name="term_ends")
    day = models.DateField()
    grace_ends_on = models.DateField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    repeats_after = models.PositiveSmallIntegerField(null=True)
    value = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    value_renewed = models.DecimalField(max_digits=20, decimal_places=2, null=True)

    class Meta:
        constraints = [
            TenantForeignKey("workspace", name="metrics_termend_workspace_key", is_enforced=False),
            TenantForeignKey("contract", name="metrics_termend_contract_key", is_enforced=False),
            TenantForeignKey("account", name="metrics_termend_account_key", is_enforced=False),
        ]
        indexes = [
            models.Index(fields=["workspace", "day"], name="term_end_by_day"),
            models.Index(fields=["workspace", "account"], name="term_end_by_account"),
        ]

    def __str__(self):
        return f"{self.contract_id} on {self.day}: {self.outcome}"
