from django.db import models

from workspaces.tenancy import TenantForeignKey, TenantKey


class LineSpan(models.Model):
    """The days on which a contract line counts, and what it counts for: its contract's effective last day (notice,
    renewal, grace, successors) is already in it. Only lines of standing subscriptions that are alive on some day and
    do not come to zero are here. A balance is the sum of the spans alive on a day.

    `line_id` is no foreign key: a contract's lines are replaced whole when it is edited, and that must not reach into
    figures. Until the next closing it may point at a line that is gone. `product_id` is one neither, for the same reason.
    `leaves_on` is the day on which the line leaves before its contract ends (none: it goes on as long as the contract).

    `known_from` is the day from which the line is known: its contract's signing, or its start where nobody noted one.
    `end_known_from` is the day from which its end is: the notice, the signing of what succeeds it, or `known_from` where
    the line leaves on a day of its own; none while the end is only an unsigned renewal.
    """

    pk = models.CompositePrimaryKey("workspace", "line_id")
    workspace = models.ForeignKey(
        "workspaces.Workspace", models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    line_id = models.BigIntegerField()
    account = TenantKey("accounts.Account", models.CASCADE, related_name="line_spans")
    contract = TenantKey("accounts.Contract", models.CASCADE, related_name="line_spans")
    product_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    leaves_on = models.DateField(null=True)
    known_from = models.DateField(null=True)
    end_known_from = models.DateField(null=True)
    mrr = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [
            TenantForeignKey("workspace", name="metrics_span_workspace_key", is_enforced=False),
            TenantForeignKey("account", name="metrics_span_account_key", is_enforced=False),
            TenantForeignKey("contract", name="metrics_span_contract_key", is_enforced=False),
            models.CheckConstraint(condition=models.Q(mrr__gt=0), name="metrics_span_counts"),
            models.CheckConstraint(
                condition=models.Q(last_day__isnull=True) | models.Q(last_day__gte=models.F("first_day")),
                name="metrics_span_is_alive",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "account"], name="span_by_account"),
            # What changes on a day: spans that begin on it and spans that ended on the day before.
            models.Index(fields=["workspace", "first_day"], name="span_by_first_day"),
            models.Index(fields=["workspace", "last_day"], name="span_by_last_day"),
            # What is committed from a day on.
            models.Index(
                fields=["workspace", "known_from"],
                condition=models.Q(known_from__lt=models.F("first_day")),
                name="span_by_known_from",
            ),
            models.Index(
                fields=["workspace", "end_known_from"],
                condition=models.Q(end_known_from__isnull=False),
                name="span_by_end_known_from",
            ),
        ]

    def __str__(self):
        return f"{self.currency} {self.mrr} from {self.first_day} to {self.last_day or 'open'}"
