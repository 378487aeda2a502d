from django.db import models
from django.utils.translation import gettext_lazy as _

from workspaces.roles import EXPORT, ROLE_CHOICES, ROLES
from workspaces.tenancy import LinkedTenantModel, TenantForeignKey, TenantKey


class Team(LinkedTenantModel):
    """People who serve accounts together, with a manager."""

    name = models.CharField(_("name"), max_length=100)
    manager = TenantKey("workspaces.Membership", models.SET_NULL, null=True, blank=True, related_name="managed_teams")
    is_demo = models.BooleanField(default=False, db_default=False)

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace", "name"], name="workspaces_team_name"),
            TenantForeignKey("manager", name="workspaces_team_manager_fk"),
        ]

    def __str__(self):
        return self.name


class Membership(LinkedTenantModel):
    """A user's place in a workspace: role and team. Accounts are owned by memberships, so a leaver's stay here."""

    user = models.ForeignKey("workspaces.User", models.CASCADE, related_name="memberships", db_index=False)
    role = models.CharField(_("role"), max_length=10, choices=ROLE_CHOICES)
    team = TenantKey(Team, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("team"))
    may_export = models.BooleanField(_("may export"), default=True)
    is_active = models.BooleanField(default=True)
    # A colleague of the demo company, who has no password.
    is_demo = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace", "user"], name="workspaces_membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="workspaces_membership_role"),
            TenantForeignKey("team", name="workspaces_membership_team_fk"),
        ]

    def __str__(self):
        return str(self.user)

    @property
    def permissions(self) -> frozenset[str]:
        """What the role permits, less what was withheld from this member."""
        permitted = ROLES[self.role].permissions
        return permitted if self.may_export else permitted - {EXPORT}

    def has_permission(self, permission: str) -> bool:
        return self.is_active and permission in self.permissions
