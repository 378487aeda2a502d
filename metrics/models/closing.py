from django.db import models


class Closing(models.Model):
    """A closed local day. One row a day, never one "closed through" marker, so that redoing an old day cannot lose
    the later ones. `restated_at` says when late facts last changed a figure of this day.
    """

    pk = models.CompositePrimaryKey("workspace", "day")
    workspace = models.ForeignKey("workspaces.Workspace", models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    closed_at = models.DateTimeField()
    restated_at = models.DateTimeField(null=True)

    def __str__(self):
        return self.day.isoformat()


class ClosingFailure(models.Model):
    """Why the last closing stopped, while that has not been mended: the figures on show are the last good ones."""

    workspace = models.OneToOneField("workspaces.Workspace", models.CASCADE, primary_key=True, related_name="+")
    failed_at = models.DateTimeField()
    code = models.CharField(max_length=40)
    currency = models.CharField(max_length=3, blank=True, default="")
    day = models.DateField(null=True)

    def __str__(self):
        return " ".join(filter(None, [self.code, self.currency, self.day and self.day.isoformat()]))


class ClosingState(models.Model):
    """What the closed figures of a workspace contain beyond its facts: the metric settings as they were changed last
    at `settings_as_of`, and the fiscal calendar by which quarters and years were cut. Settings changed since make every
    closed day stale. `published_through` is the day as of which accounts carry their figures, null when all of them have
    to be looked at, and `published_rates` what balances in other currencies were converted at for it.
    """

    workspace = models.OneToOneField("workspaces.Workspace", models.CASCADE, primary_key=True, related_name="+")
    settings_as_of = models.DateTimeField(null=True)
    published_through = models.DateField(null=True)
    published_rates = models.JSONField(default=dict)
    fiscal_year_start_month = models.PositiveSmallIntegerField(default=1)

    def __str__(self):
        return f"settings as of {self.settings_as_of}"
