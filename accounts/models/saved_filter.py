from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class SavedFilter(LinkedTenantModel):
    """Conditions on accounts under a name, for lists and as the segment that figures are asked for.

    conditions: {dimension: [values]}; every dimension must hold, by any of its values. Shared, everybody may choose it;
    otherwise only its owner. What the API makes has no owner and is shared.
    """

    external_id = models.CharField(max_length=100, null=True, blank=True)
    name = models.CharField(_("name"), max_length=100)
    owner = TenantKey("workspaces.Membership", models.CASCADE, null=True, related_name="saved_filters")
    is_shared = models.BooleanField(_("shared"), default=False)
    conditions = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    updated_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("owner", name="accounts_savedfilter_owner_fk"),
            models.UniqueConstraint(fields=["workspace", "external_id"], name="accounts_savedfilter_external_id"),
            models.CheckConstraint(
                condition=models.Q(is_shared=True) | models.Q(owner__isnull=False), name="accounts_savedfilter_seen"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "name", "id"], name="saved_filter_by_name")]

    def __str__(self):
        return self.name
