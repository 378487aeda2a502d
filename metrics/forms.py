"""What people fill in on the pages of figures."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ClosingForm(forms.Form):
    """Which days to close. The fields keep what `metrics.actions.request_closing` refuses."""

    until = forms.DateField(
        label=_("Last day to close"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    since = forms.DateField(
        label=_("Close again from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty to close only days that are open or whose facts changed."),
    )

    def __init__(self, *args, last_day, **kwargs):
        super().__init__(*args, initial={"until": last_day}, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["max"] = last_day.isoformat()
