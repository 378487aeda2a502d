from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact
from workspaces.tenancy import TenantForeignKey, TenantKey


class Attachment(Fact):
    """A file that belongs to an account, and perhaps to one interaction with it. Its bytes stand here, under row-level
    security and in every backup (docs/decisions/0032-files-of-accounts-stand-in-the-database.md). A removed one keeps its
    name and loses its bytes.
    """

    account = TenantKey("accounts.Account", models.CASCADE, related_name="attachments", verbose_name=_("account"))
    interaction = TenantKey(
        "accounts.Interaction",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="attachments",
        verbose_name=_("interaction"),
    )
    name = models.CharField(_("name"), max_length=200)
    content = models.BinaryField()
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    added_by = TenantKey(
        "workspaces.Membership", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            TenantForeignKey("account", name="accounts_attachment_account_fk"),
            TenantForeignKey("interaction", name="accounts_attachment_interaction_fk"),
            TenantForeignKey("added_by", name="accounts_attachment_added_by_fk"),
        ]
        indexes = [
            models.Index(fields=["workspace", "account", "id"], name="attachment_by_account"),
            models.Index(fields=["workspace", "interaction"], name="attachment_by_interaction"),
        ]

    def __str__(self):
        return self.name
