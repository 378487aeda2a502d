"""Which fields of a form are marked, and which properties of a record are there to be seen."""

from collections.abc import Iterable, Mapping

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def mark(field: BoundField) -> str:
    """{{ field|mark }}, after its label → "optional", "required" or "": the rarer of the two is said.

    Nothing is said where all fields are alike. Checkboxes are answered either way and count for nothing, and what is
    answered already needs no reminder.
    """
    if isinstance(field.field, forms.BooleanField):
        return ""
    needs = [
        one.required
        for one in field.form.fields.values()
        if not isinstance(one, forms.BooleanField) and not isinstance(one.widget, forms.HiddenInput)
    ]
    required = sum(needs)
    if required in {0, len(needs)}:
        return ""
    if required * 2 <= len(needs):
        return _("required") if field.field.required and not field.value() else ""
    return "" if field.field.required else _("optional")


@register.filter
def has_values(rows: Iterable[Mapping]) -> bool:
    """Whether any of the properties says something; where none does, the empty ones are what there is to see."""
    return any(row.get("tags") or row.get("value") for row in rows)
