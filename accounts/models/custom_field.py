from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.dimensions import custom_dimension
from workspaces.tenancy import LinkedTenantModel


class FieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Amount of money")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")
    PERSON = "person", _("Person")


class FieldSubject(models.TextChoices):
    ACCOUNT = "account", _("Account")


class CustomField(LinkedTenantModel):
    """A field that a workspace adds to its accounts. `key` names it in addresses, in the API and in `Account.custom`, so
    that key and kind never change. Archived, it is no longer asked for or shown, and the values stay.
    """

    external_id = models.CharField(max_length=100, null=True, blank=True)
    subject = models.CharField(max_length=20, choices=FieldSubject, default=FieldSubject.ACCOUNT)
    key = models.CharField(
        _("key"),
        max_length=40,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]{0,39}$", _("Lower-case letters, digits and underscores."))],
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=FieldKind)
    choices = ArrayField(models.CharField(max_length=100), verbose_name=_("choices"), default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=models.functions.Now())
    updated_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta(LinkedTenantModel.Meta):
        constraints = [
            *LinkedTenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["workspace", "subject", "key"], name="accounts_customfield_key"),
            models.UniqueConstraint(fields=["workspace", "external_id"], name="accounts_customfield_external_id"),
            models.CheckConstraint(condition=models.Q(kind__in=FieldKind.values), name="accounts_customfield_kind"),
            models.CheckConstraint(
                condition=models.Q(subject__in=FieldSubject.values), name="accounts_customfield_subject"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def dimension(self) -> str:
        """How changes and groups by this field are named."""
        return custom_dimension(self.key)

    @property
    def is_person(self) -> bool:
        return self.kind == FieldKind.PERSON
