from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact


class Channel(Fact):
    """Where customers come from: search, seminars, partners. Made by name when spend first mentions it."""

    name = models.CharField(_("name"), max_length=100)

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=models.Q(voided_at__isnull=True), name="leads_channel_name"
            ),
        ]

    def __str__(self):
        return self.name
