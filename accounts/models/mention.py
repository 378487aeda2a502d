from django.db import models

from workspaces.tenancy import TenantForeignKey, TenantKey, TenantModel


class Mention(TenantModel):
    """A colleague named in the texts of an interaction, as `accounts.mentions` reads them. Written together with it."""

    id = models.BigAutoField(primary_key=True)
    interaction = TenantKey("accounts.Interaction", models.CASCADE, related_name="mentions")
    member = TenantKey("workspaces.Membership", models.CASCADE, related_name="mentions")
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("interaction", name="accounts_mention_interaction_fk"),
            TenantForeignKey("member", name="accounts_mention_member_fk"),
            models.UniqueConstraint(fields=["workspace", "interaction", "member"], name="accounts_mention_once"),
        ]
        indexes = [models.Index(fields=["workspace", "member", "-id"], name="mention_by_member")]
