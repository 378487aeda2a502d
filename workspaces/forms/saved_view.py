from django import forms
from django.utils.translation import gettext_lazy as _


class SavedViewForm(forms.Form):
    """may_share: whether the reader decides who sees it. is_new: asks as well whether the list opens with it."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    is_shared = forms.BooleanField(
        label=_("Share with everybody in the workspace"),
        required=False,
        help_text=_("Otherwise only you see it."),
    )
    is_default = forms.BooleanField(label=_("Open the list with it"), required=False)

    def __init__(self, *args, may_share: bool, is_new: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]
        if not is_new:
            del self.fields["is_default"]
