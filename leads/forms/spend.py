from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AmountField, DayField
from accounts.forms.rows import RowForm
from leads.models import Spend


class SpendForm(RowForm):
    # An amount says nothing without its day and channel.
    stands_together = True

    date = DayField(label=_("Date"))
    channel = forms.CharField(
        label=_("Channel"),
        widget=forms.TextInput(attrs={"list": "channels", "autocomplete": "off"}),
        help_text=_("A new name makes a new channel."),
    )
    campaign = forms.CharField(label=_("Campaign"), required=False)
    amount = AmountField(label=_("Amount"), help_text=_("5万 and 12,000 are understood."))
    note = forms.CharField(label=_("Note"), required=False)
    external_id = forms.CharField(
        label=_("External id"), required=False, help_text=_("How imports and integrations know this entry.")
    )

    @staticmethod
    def initial_of(spend: Spend) -> dict:
        return {name: getattr(spend, name) for name in ("date", "campaign", "amount", "note", "external_id")} | {
            "channel": spend.channel.name
        }
