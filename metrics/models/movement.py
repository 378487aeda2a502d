from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import TenantForeignKey, TenantKey


class MovementKind(models.TextChoices):
    NEW = "new", _("New")
    EXPANSION = "expansion", _("Expansion")
    CONTRACTION = "contraction", _("Contraction")
    CHURN = "churn", _("Churn")
    REACTIVATION = "reactivation", _("Reactivation")


class Movement(models.Model):
    """How an account's balance changed on a day, net of everything that happened that day, in base currency at that
    day's rates. An account moves at most once a day, so account and day are its key; the rows behind it are the
    line spans that begin on the day or ended the day before.
    """

    pk = models.CompositePrimaryKey("workspace", "account", "day")
    workspace = models.ForeignKey("workspaces.Workspace", models.CASCADE, db_index=False, related_name="+")
    account = TenantKey("accounts.Account", models.CASCADE, related_name="movements")
    day = models.DateField()
    kind = models.CharField(max_length=12, choices=MovementKind)
    amount = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [TenantForeignKey("account", name="metrics_movement_account_fk")]
        indexes = [models.Index(fields=["workspace", "day"], name="movement_by_day")]

    def __str__(self):
        return f"{self.kind} {self.amount} on {self.day}"

    @staticmethod
    def public_id_of(account_id, day) -> str:
        """The name of a movement to the outside: it stays the same however often the figures are rebuilt."""
        return f"{account_id}:{day.isoformat()}"

    @property
    def public_id(self) -> str:
        return self.public_id_of(self.account_id, self.day)
