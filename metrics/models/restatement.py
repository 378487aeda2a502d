from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import TenantForeignKey, TenantKey, TenantModel


class Reason(models.TextChoices):
    """Why a closing changed what was published."""

    FACTS = "facts", _("Late or corrected facts")
    SPEND = "spend", _("Spend")
    SETTINGS = "settings", _("Settings")
    CALENDAR = "calendar", _("Another fiscal calendar")
    FORCED = "forced", _("Computed again by hand")


class RestatementBatch(TenantModel):
    """What one closing changed of the past, and because of what. `from_day`: the earliest closed day with other figures.

    `actors` names who changed the facts, `facts` counts them; the facts themselves are kept up to a bound
    (`metrics.restating.MOST_FACTS`), because an import may be a hundred thousand of them.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=Reason)
    from_day = models.DateField()
    accounts_changed = models.IntegerField()
    actors = models.JSONField(default=list)
    facts = models.IntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints]
        indexes = [models.Index(fields=["workspace", "-id"], name="restatement_batch_latest")]

    def __str__(self):
        return f"{self.reason} at {self.at}"


class RestatementFact(TenantModel):
    """A fact behind a restatement: what it was, who changed it and when, and of how many accounts it was one."""

    id = models.BigAutoField(primary_key=True)
    batch = TenantKey("metrics.RestatementBatch", models.CASCADE, related_name="kept_facts")
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200)
    from_day = models.DateField()
    accounts = models.IntegerField()

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, TenantForeignKey("batch", name="metrics_fact_batch_fk")]
        indexes = [models.Index(fields=["workspace", "batch", "id"], name="restatement_fact_of_batch")]

    def __str__(self):
        return f"{self.subject_type} {self.subject_label}"


class Restatement(TenantModel):
    """A period whose published figures changed: as they were, as they are. `before` and `after` hold every metric and
    part of the bridge that differs, by key, amounts and rates as text; null when there was, or is, no such period.
    """

    id = models.BigAutoField(primary_key=True)
    batch = TenantKey("metrics.RestatementBatch", models.CASCADE, related_name="periods")
    interval = models.CharField(max_length=7)
    starts_on = models.DateField()
    name = models.CharField(max_length=7)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints, TenantForeignKey("batch", name="metrics_restatement_batch_fk")]
        indexes = [
            models.Index(fields=["workspace", "interval", "starts_on", "-id"], name="restatement_of_period"),
            models.Index(fields=["workspace", "batch", "id"], name="restatement_of_batch"),
        ]

    def __str__(self):
        return f"{self.name} restated"
