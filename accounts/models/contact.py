from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact
from workspaces.tenancy import TenantForeignKey, TenantKey


class BuyingRole(models.TextChoices):
    USER = "user", _("User of the product")
    EVALUATOR = "evaluator", _("Evaluator")
    BUDGET_OWNER = "budget_owner", _("Budget owner")
    DECISION_MAKER = "decision_maker", _("Decision maker")
    SIGNER = "signer", _("Signer")


class Stance(models.TextChoices):
    CHAMPION = "champion", _("Champion")
    SUPPORTER = "supporter", _("Supporter")
    NEUTRAL = "neutral", _("Neutral")
    SCEPTIC = "sceptic", _("Sceptic")
    OPPONENT = "opponent", _("Opponent")
    UNKNOWN = "unknown", _("Unknown")


# The tone of each stance's mark; the others are neutral.
STANCE_TONES: dict[str, str] = {
    Stance.CHAMPION: "good",
    Stance.SUPPORTER: "good",
    Stance.SCEPTIC: "watch",
    Stance.OPPONENT: "risk",
}


class Contact(Fact):
    """A person at an account, with the part they play in buying and how they stand to us. One name and a title; mobile
    first.
    """

    account = TenantKey("accounts.Account", models.CASCADE, related_name="contacts", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=100)
    # Follow from the name (accounts.spelling): what lists are sorted by, and what is found by letters alone.
    sort_name = models.TextField(blank=True, default="", db_default="", db_collation="C", editable=False)
    spelling = models.TextField(blank=True, default="", db_default="", editable=False)
    title = models.CharField(_("title"), max_length=100, blank=True, default="")
    roles = ArrayField(
        models.CharField(max_length=20, choices=BuyingRole.choices),
        verbose_name=_("buying roles"),
        default=list,
        blank=True,
    )
    stance = models.CharField(
        _("stance"), max_length=10, choices=Stance, default=Stance.UNKNOWN, db_default=Stance.UNKNOWN.value
    )
    mobile = models.CharField(_("mobile"), max_length=30, blank=True, default="")
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True, default="")
    email = models.CharField(_("email"), max_length=254, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")

    class Meta(Fact.Meta):
        constraints = [*Fact.Meta.constraints, TenantForeignKey("account", name="accounts_contact_account_fk")]
        indexes = [
            models.Index(fields=["workspace", "updated_at", "id"], name="contact_by_update"),
            models.Index(fields=["workspace", "account"], name="contact_by_account"),
            models.Index(fields=["workspace", "name", "id"], name="contact_by_name"),
            models.Index(fields=["workspace", "sort_name", "id"], name="contact_by_sort_name"),
        ]

    def __str__(self):
        return self.name

    @property
    def role_labels(self) -> list[str]:
        """The buying roles as people read them."""
        labels = dict(BuyingRole.choices)
        return [str(labels.get(role, role)) for role in self.roles]

    @property
    def stance_tone(self) -> str:
        return STANCE_TONES.get(self.stance, "")
