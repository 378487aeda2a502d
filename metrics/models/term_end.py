import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Round
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workspaces.tenancy import TenantForeignKey, TenantKey


class Outcome(models.TextChoices):
    """What became of a term end. `UNDECIDED` is open until the grace has passed, and lost from then on."""

    SUCCESSOR = "successor", _("Renewed by a new contract")
    ITSELF = "itself", _("Renewed itself")
    GIVEN_UP = "given_up", _("Given up")
    UNDECIDED = "undecided", _("Undecided")


class Standing(models.TextChoices):
    """Where a renewal stands on a day, finer than its outcome: docs/metrics.md, "Renewals"."""

    DUE = "due", pgettext_lazy("renewal", "Due")
    OPEN = "open", _("Still open")
    RENEWED_EARLY = "renewed_early", _("Renewed early")
    RENEWED_ON_TIME = "renewed_on_time", _("Renewed on time")
    RENEWED_LATE = "renewed_late", _("Renewed late")
    RENEWED_ITSELF = "renewed_itself", _("Renewed itself")
    GIVEN_UP = "given_up", _("Given up")
    LOST = "lost", _("Lost")


RENEWED = (Standing.RENEWED_EARLY, Standing.RENEWED_ON_TIME, Standing.RENEWED_LATE, Standing.RENEWED_ITSELF)
# Nobody knows yet how these end.
UNSETTLED = (Standing.DUE, Standing.OPEN)
ONE_DAY = dt.timedelta(days=1)
# A renewal signed so long before its term ends is an early one, whenever it starts.
EARLY = dt.timedelta(days=30)


class TermEndQuerySet(models.QuerySet):
    def with_standing(self, closed: dt.date):
        """`standing` beside each row, as of the day `closed`."""
        after = F("day") + Value(ONE_DAY)
        is_early = Q(succeeded_on__lte=F("day")) | Q(successor_signed_on__lte=F("day") - Value(EARLY))
        is_late = Q(succeeded_on__gt=after) | Q(successor_signed_on__gt=after)
        return self.annotate(
            standing=Case(
                When(Q(outcome=Outcome.SUCCESSOR) & is_early, then=Value(Standing.RENEWED_EARLY)),
                When(Q(outcome=Outcome.SUCCESSOR) & is_late, then=Value(Standing.RENEWED_LATE)),
                When(outcome=Outcome.SUCCESSOR, then=Value(Standing.RENEWED_ON_TIME)),
                When(outcome=Outcome.GIVEN_UP, then=Value(Standing.GIVEN_UP)),
                When(day__gt=closed, then=Value(Standing.DUE)),
                When(outcome=Outcome.ITSELF, then=Value(Standing.RENEWED_ITSELF)),
                When(grace_ends_on__gte=closed, then=Value(Standing.OPEN)),
                default=Value(Standing.LOST),
                output_field=models.CharField(max_length=20),
            )
        )

    def with_worth(self, rates: Mapping[str, Decimal]):
        """`worth` beside each row: its value, or while it has none yet what it comes to at `rates` (base currency: 1),
        and none at all where a rate is missing.
        """
        rate = Case(
            *(When(currency=currency, then=Value(rate)) for currency, rate in rates.items()),
            output_field=models.DecimalField(max_digits=20, decimal_places=10),
        )
        money = models.DecimalField(max_digits=20, decimal_places=2)
        now = Case(When(amount=0, then=Value(Decimal(0))), default=Round(F("amount") * rate, 2), output_field=money)
        return self.annotate(worth=Coalesce("value", now, output_field=money))


class TermEnd(models.Model):
    """A day on which a subscription's term ends and its renewal falls due: the written end (`number` 0) and each
    rolled end of a contract that renews itself. Rows reach one term past the last closed day; those future rows have
    no values yet.

    `amount` is the contract's MRR on the day as if nothing renewed it, in its `currency`, and `value` the same in base
    currency; `value_renewed` is how much of it was renewed. `succeeded_on` is the day on which the successors start that
    renewed it, `successor_signed_on` the first day on which one of them was signed. `repeats_after` is the length of the
    term in months when another term follows.
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
    currency = models.CharField(max_length=3, default="")
    amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    succeeded_on = models.DateField(null=True)
    successor_signed_on = models.DateField(null=True)
    value = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    value_renewed = models.DecimalField(max_digits=20, decimal_places=2, null=True)

    objects: ClassVar[models.Manager] = TermEndQuerySet.as_manager()

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
