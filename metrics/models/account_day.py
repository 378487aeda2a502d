from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import TenantForeignKey, TenantKey


class MovementKind(models.TextChoices):
    NEW = "new", _("New")
    EXPANSION = "expansion", _("Expansion")
    CONTRACTION = "contraction", _("Contraction")
    CHURN = "churn", _("Churn")
    REACTIVATION = "reactivation", _("Reactivation")


class AccountDay(models.Model):
    """What an account's balance was from `day` on, until the day before `until` (none: to the last closed day), and how
    it moved on `day`. Sparse: a row only where something changed, so a dense table's hundreds of gigabytes are never
    written.

    Balances are kept in the currencies of the contracts, because a balance is converted at the rate of the day asked
    about: `balance` in the workspace's base currency, `other_balances` as {"USD": "200.00"} (null when there is none).
    `kind` and `amount` are the day's movement in base currency at that day's rates, null where that rounds to nothing.
    `customer_since` is the first day the account ever paid; it is what makes a return a reactivation.
    """

    pk = models.CompositePrimaryKey("workspace", "account", "day")
    workspace = models.ForeignKey(
        "workspaces.Workspace", models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    account = TenantKey("accounts.Account", models.CASCADE, related_name="days")
    day = models.DateField()
    until = models.DateField(null=True)
    balance = models.DecimalField(max_digits=20, decimal_places=2)
    other_balances = models.JSONField(null=True)
    is_paying = models.BooleanField()
    customer_since = models.DateField()
    kind = models.CharField(max_length=12, choices=MovementKind, null=True)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)

    class Meta:
        constraints = [
            TenantForeignKey("workspace", name="metrics_accountday_workspace_key", is_enforced=False),
            TenantForeignKey("account", name="metrics_accountday_account_key", is_enforced=False),
            models.CheckConstraint(
                condition=models.Q(kind__isnull=True, amount__isnull=True)
                | (models.Q(kind__isnull=False, amount__isnull=False) & ~models.Q(amount=0)),
                name="metrics_accountday_movement",
            ),
        ]
        indexes = [
            # With the kind, so that movements can be counted without looking at their rows.
            models.Index(fields=["workspace", "day"], include=["kind"], name="account_day_by_day"),
            # Whose worth changes with a rate though nothing of theirs moves.
            models.Index(
                fields=["workspace", "until"],
                condition=models.Q(other_balances__isnull=False),
                name="account_day_in_other_currency",
            ),
        ]

    def __str__(self):
        return f"{self.account_id} from {self.day}"
