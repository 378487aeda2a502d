from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import LinesField
from accounts.forms.rows import RowForm
from accounts.models import CustomField
from accounts.models.custom_field import FieldKind


class CustomFieldForm(RowForm):
    name = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"autofocus": True}))
    kind = forms.ChoiceField(label=_("Kind"), choices=FieldKind, help_text=_("Cannot be changed later."))
    choices = LinesField(
        label=_("Choices"), required=False, help_text=_("One a line, for the kind “Choice”."), strip=True
    )
    key = forms.CharField(
        label=_("API name"),
        required=False,
        help_text=_("How the API and addresses call it, in Latin letters. Left empty, it is made of the name."),
    )

    def __init__(self, *args, field: CustomField | None, **kwargs):
        super().__init__(*args, **kwargs)
        if field is not None:
            # Both are fixed: what does not come back is kept.
            for name in ("kind", "key"):
                self.fields[name].disabled = True
                self.fields[name].help_text = ""
            if field.kind != FieldKind.CHOICE:
                del self.fields["choices"]

    def row(self):
        row = super().row()
        if self.fields["kind"].disabled:
            return {name: value for name, value in row.items() if name not in ("kind", "key")}
        return row

    @staticmethod
    def initial_of(field: CustomField) -> dict:
        return {name: getattr(field, name) for name in ("name", "kind", "choices", "key")}
