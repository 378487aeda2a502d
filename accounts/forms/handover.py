from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.models import Membership
from workspaces.queries import active_members


class HandOverForm(forms.Form):
    taker = forms.ModelChoiceField(label=_("New owner"), queryset=Membership.objects.none(), empty_label=None)

    def __init__(self, *args, workspace, giver: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        taker = self.fields["taker"]
        assert isinstance(taker, forms.ModelChoiceField)
        taker.queryset = active_members(workspace).exclude(pk=giver.pk)
