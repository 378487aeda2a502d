from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.forms.choices import offer_colleagues
from workspaces.models import Membership


class HandOverForm(forms.Form):
    taker = forms.ModelChoiceField(label=_("New owner"), queryset=Membership.objects.none(), empty_label=None)

    def __init__(self, *args, workspace, giver: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        offer_colleagues(self.fields["taker"], workspace, but=giver)
