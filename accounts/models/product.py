from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact


class Product(Fact):
    """What is sold; contract lines name it. Unknown ones in imports and batches are made by name."""

    name = models.CharField(_("name"), max_length=100)
    code = models.CharField(_("code"), max_length=50, blank=True, default="")
    description = models.CharField(_("description"), max_length=500, blank=True, default="")

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=models.Q(voided_at__isnull=True), name="accounts_product_name"
            ),
        ]

    def __str__(self):
        return self.name
