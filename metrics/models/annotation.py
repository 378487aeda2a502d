from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact


class Annotation(Fact):
    """A note at a day that explains what charts show from then on, for everybody: a price rise, a big outage."""

    date = models.DateField(_("date"))
    text = models.CharField(_("note"), max_length=200)

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints]
        indexes = [
            models.Index(fields=["workspace", "date", "id"], name="annotation_by_date"),
            models.Index(fields=["workspace", "updated_at", "id"], name="annotation_by_update"),
        ]

    def __str__(self):
        return self.text
