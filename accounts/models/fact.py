from typing import ClassVar

from django.db import models

from workspaces.tenancy import LinkedTenantModel


class FactQuerySet(models.QuerySet):
    def standing(self):
        """Facts that were not voided."""
        return self.filter(voided_at__isnull=True)


class Fact(LinkedTenantModel):
    """Something that is so because someone said so. Written by actions; voided with a reason, never deleted, so that
    a figure of the past keeps its ground. Only erasure (and leaving the demo) removes rows.
    """

    # Of a fact about an account: whether it goes along when that account is merged into another one.
    moves_with_account: ClassVar[bool] = True

    external_id = models.CharField(max_length=100, null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    updated_at = models.DateTimeField(db_default=models.functions.Now())
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=500, blank=True, default="")

    objects = FactQuerySet.as_manager()

    class Meta(LinkedTenantModel.Meta):
        abstract = True
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            # A voided fact frees its external id: an integration that sends the id again means a new fact.
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                condition=models.Q(voided_at__isnull=True),
                name="%(app_label)s_%(class)s_external_id",
            ),
        ]
