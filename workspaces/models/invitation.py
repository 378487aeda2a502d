from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.roles import ROLE_CHOICES
from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class Invitation(LinkedTenantModel):
    """A single-use link that makes its holder a member. Only the token's hash is kept."""

    email = models.EmailField(_("email"), blank=True)
    role = models.CharField(_("role"), max_length=10, choices=ROLE_CHOICES, default="member")
    team = TenantKey("workspaces.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = TenantKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            TenantForeignKey("team", name="workspaces_invitation_team_fk"),
            TenantForeignKey("invited_by", name="workspaces_invitation_by_fk"),
        ]

    def __str__(self):
        return self.email or self.get_role_display()

    def is_open_at(self, at) -> bool:
        return self.accepted_at is None and self.revoked_at is None and at < self.expires_at
