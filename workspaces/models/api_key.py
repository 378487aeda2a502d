from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.roles import SCOPE_CHOICES
from workspaces.tenancy import LinkedTenantModel


class ApiKey(LinkedTenantModel):
    """A machine's way in: shown once, kept as a hash, recognised by its prefix."""

    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("scope"), max_length=5, choices=SCOPE_CHOICES)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("workspaces.User", models.SET_NULL, null=True, related_name="+", db_index=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta(LinkedTenantModel.Meta):
        pass

    def __str__(self):
        return self.name

    def is_open_at(self, at) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
