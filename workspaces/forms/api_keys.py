from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.roles import SCOPE_CHOICES


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Which system will use it, so that you know it later.")
    )
    scope = forms.ChoiceField(
        label=_("Scope"),
        choices=SCOPE_CHOICES,
        initial="write",
        help_text=_("A key never manages people, keys or settings."),
    )
    expires_on = forms.DateField(
        label=_("Expires"),
        required=False,
        help_text=_("Its last day. Left empty, it works until somebody revokes it."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["expires_on"].widget.attrs["min"] = today.isoformat()

    def clean_expires_on(self):
        day = self.cleaned_data["expires_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("Choose a day in the future."))
        return day
