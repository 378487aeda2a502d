from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("As the browser asks for")), *settings.LANGUAGES],
        required=False,
    )
