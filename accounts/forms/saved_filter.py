from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.rows import RowForm


class SavedFilterForm(RowForm):
    """conditions: {parameter: values}, which the page carries along; without them those of the filter stay."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autofocus": True}))
    is_shared = forms.BooleanField(
        label=_("Share with everybody in the workspace"),
        required=False,
        help_text=_("Otherwise only you can choose it."),
    )

    def __init__(self, *args, conditions: dict[str, list[str]] | None = None, may_share: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.conditions = conditions
        if not may_share:
            del self.fields["is_shared"]

    def row(self):
        row = {"name": self.cleaned_data.get("name") or None}
        return row if self.conditions is None else row | {"conditions": self.conditions}
