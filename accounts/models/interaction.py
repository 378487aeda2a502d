from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.fact import Fact
from workspaces.tenancy import TenantForeignKey, TenantKey, TenantModel


class InteractionKind(models.TextChoices):
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    MAIL = "mail", _("Mail")
    MEETING = "meeting", _("Meeting")
    NOTE = "note", _("Note")


class Interaction(Fact):
    """Something that passed between us and an account: a call, a visit, a mail, a meeting with minutes, or a note.

    `happened_on` is the day in the workspace's time zone; `happened_at` the instant, where it is known.
    """

    account = TenantKey("accounts.Account", models.CASCADE, related_name="interactions", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=10, choices=InteractionKind)
    happened_on = models.DateField(_("day"))
    happened_at = models.DateTimeField(_("time"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True, default="")
    participants = models.CharField(_("others present"), max_length=500, blank=True, default="")
    stage = models.CharField(_("stage"), max_length=60, blank=True, default="")
    need = models.TextField(_("need"), blank=True, default="")
    minutes = models.TextField(_("minutes"), blank=True, default="")
    feedback = models.TextField(_("feedback"), blank=True, default="")
    next_step = models.CharField(_("next step"), max_length=500, blank=True, default="")
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    author = TenantKey(
        "workspaces.Membership", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("author")
    )

    class Meta(Fact.Meta):
        constraints = [
            *Fact.Meta.constraints,
            TenantForeignKey("account", name="accounts_interaction_account_fk"),
            TenantForeignKey("author", name="accounts_interaction_author_fk"),
        ]
        indexes = [
            models.Index(fields=["workspace", "account", "happened_on", "id"], name="interaction_by_account"),
            models.Index(fields=["workspace", "happened_on", "id"], name="interaction_by_day"),
            models.Index(fields=["workspace", "updated_at", "id"], name="interaction_by_update"),
        ]

    def __str__(self):
        return self.subject or f"{self.get_kind_display()} {self.happened_on}"


class Participant(TenantModel):
    """A contact who took part in an interaction. Written together with it, as a whole, by the same actions."""

    id = models.BigAutoField(primary_key=True)
    interaction = TenantKey(Interaction, models.CASCADE, related_name="people")
    position = models.PositiveSmallIntegerField()
    contact = TenantKey("accounts.Contact", models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey("interaction", name="accounts_participant_interaction_fk"),
            TenantForeignKey("contact", name="accounts_participant_contact_fk"),
            models.UniqueConstraint(fields=["workspace", "interaction", "contact"], name="accounts_participant_once"),
        ]
        indexes = [models.Index(fields=["workspace", "contact"], name="participant_by_contact")]
