from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.account_choice import AccountChoice
from accounts.forms.fields import DayField
from accounts.models import Interaction
from accounts.models.interaction import InteractionKind


class InteractionForm(AccountChoice):
    """`contacts`: those of the account who may have taken part; none while the account is not known yet."""

    kind = forms.ChoiceField(label=_("Kind"), choices=InteractionKind)
    happened_on = DayField(label=_("Day"))
    subject = forms.CharField(label=_("Subject"), required=False)
    contacts = forms.MultipleChoiceField(
        label=_("Contacts present"), required=False, widget=forms.CheckboxSelectMultiple
    )
    participants = forms.CharField(label=_("Others present"), required=False)
    stage = forms.CharField(label=_("Stage"), required=False)
    need = forms.CharField(label=_("Need"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    minutes = forms.CharField(label=_("Minutes"), required=False, widget=forms.Textarea(attrs={"rows": 6}))
    feedback = forms.CharField(label=_("Feedback"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    next_step = forms.CharField(label=_("Next step"), required=False)
    next_step_on = DayField(label=_("Next step on"), required=False)

    def __init__(self, *args, contacts, **kwargs):
        super().__init__(*args, **kwargs)
        if contacts:
            self.fields["contacts"].choices = [(str(contact.pk), str(contact)) for contact in contacts]
        else:
            del self.fields["contacts"]

    def take_errors(self, errors):
        """Refused contacts (``contacts.1``) stand beside the field that they were chosen in."""
        super().take_errors({path.partition(".")[0]: messages for path, messages in errors.items()})

    @staticmethod
    def initial_of(interaction: Interaction) -> dict:
        names = (
            "kind", "happened_on", "subject", "participants", "stage", "need", "minutes", "feedback", "next_step",
            "next_step_on",
        )  # fmt: skip
        return {name: getattr(interaction, name) for name in names} | {
            "contacts": [str(one.contact_id) for one in interaction.people.all()]
        }
