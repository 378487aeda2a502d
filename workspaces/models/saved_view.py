from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class SavedView(LinkedTenantModel):
    """How a list is looked at, under a name: search, filters, order and columns, as its address carries them. Shared, it
    stands above the list for everybody; otherwise for its owner only.
    """

    of_list = models.CharField(max_length=30)
    name = models.CharField(_("name"), max_length=60)
    owner = TenantKey("workspaces.Membership", models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(_("shared"), default=False)
    # {parameter: value} of the list's address.
    state = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    updated_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("owner", name="workspaces_savedview_owner_fk"),
        ]
        indexes = [models.Index(fields=["workspace", "of_list", "id"], name="saved_view_by_list")]

    def __str__(self):
        return self.name


class DefaultView(LinkedTenantModel):
    """The view with which a list opens for one member."""

    member = TenantKey("workspaces.Membership", models.CASCADE, related_name="+")
    of_list = models.CharField(max_length=30)
    view = TenantKey(SavedView, models.CASCADE, related_name="+")

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("member", name="workspaces_defaultview_member_fk"),
            TenantForeignKey("view", name="workspaces_defaultview_view_fk"),
            models.UniqueConstraint(fields=["workspace", "member", "of_list"], name="workspaces_defaultview_once"),
        ]
