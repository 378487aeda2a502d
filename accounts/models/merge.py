from django.db import models
from django.db.models import F, Q

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey, TenantModel


class AccountMergeQuerySet(models.QuerySet):
    def standing(self):
        """Merges that were not split again."""
        return self.filter(undone_at__isnull=True)


class AccountMerge(LinkedTenantModel):
    """Two accounts were one company: `loser` was voided and `winner` has what was the loser's.

    `fields` holds what the merge changed of the winner, {field: [before, after]} as `workspaces.journal.exact` writes
    values, `alias` the external id that neither carries since and that leads to the winner. The rows that moved are
    `moved`. Both together are what a split goes back by.
    """

    winner = TenantKey("accounts.Account", models.CASCADE, related_name="merges")
    loser = TenantKey("accounts.Account", models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=models.functions.Now())
    by = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    alias = models.CharField(max_length=100, null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True, default="")

    objects = AccountMergeQuerySet.as_manager()

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("winner", name="accounts_merge_winner_fk"),
            TenantForeignKey("loser", name="accounts_merge_loser_fk"),
            models.UniqueConstraint(
                fields=["workspace", "loser"], condition=Q(undone_at__isnull=True), name="accounts_merge_once"
            ),
            models.CheckConstraint(condition=~Q(winner=F("loser")), name="accounts_merge_of_two"),
        ]
        indexes = [
            models.Index(fields=["workspace", "winner", "-id"], name="merge_by_winner"),
            models.Index(fields=["workspace", "alias"], condition=Q(alias__isnull=False), name="merge_by_alias"),
        ]

    def __str__(self):
        return f"{self.loser} → {self.winner}"


class MergedRow(TenantModel):
    """A row that a merge moved from the loser to the winner: its model's name and its key."""

    id = models.BigAutoField(primary_key=True)
    merge = TenantKey(AccountMerge, models.CASCADE, related_name="moved")
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, TenantForeignKey("merge", name="accounts_mergedrow_merge_fk")]
        indexes = [models.Index(fields=["workspace", "merge", "subject_type"], name="merged_row_by_merge")]


class DistinctAccounts(TenantModel):
    """Somebody said that these two are not the same, however alike they look; `first` has the lesser id."""

    id = models.BigAutoField(primary_key=True)
    first = TenantKey("accounts.Account", models.CASCADE, related_name="+")
    second = TenantKey("accounts.Account", models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=models.functions.Now())
    by = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("first", name="accounts_distinct_first_fk"),
            TenantForeignKey("second", name="accounts_distinct_second_fk"),
            models.UniqueConstraint(fields=["workspace", "first", "second"], name="accounts_distinct_once"),
        ]
