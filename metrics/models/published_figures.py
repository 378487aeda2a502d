from django.db import models

from workspaces.tenancy import TenantModel


class PublishedFigures(TenantModel):
    """The sums of a closed period as they were published: a row when it was first closed, and one each time a closing
    made them others. Rows are only ever added; the database refuses to change one.

    `name` is what the period was called then, for a workspace may cut its fiscal years otherwise later. `figures` holds
    amounts as text and counts as numbers, as in `metrics.figure_sets`, with `contracts_open` as of that closing; null
    when there was no such period any more.
    """

    id = models.BigAutoField(primary_key=True)
    interval = models.CharField(max_length=7)
    starts_on = models.DateField()
    ends_on = models.DateField()
    name = models.CharField(max_length=7)
    published_at = models.DateTimeField()
    figures = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [*TenantModel.Meta.constraints]
        indexes = [models.Index(fields=["workspace", "interval", "starts_on", "-id"], name="published_of_period")]

    def __str__(self):
        return f"{self.name} as of {self.published_at}"
