"""Fields of a form for the workspace's own fields, each as its kind wants to be asked."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.custom_values import plain_number
from accounts.forms.fields import AmountField, DayField
from accounts.models import CustomField
from accounts.models.custom_field import FieldKind

PREFIX = "custom_"


def form_field(field: CustomField, *, members: dict[str, str], present: str = "") -> forms.Field:
    """The form's field for `field`. members: {membership id: name}, whom a person is chosen from. What stands there at
    `present` can stay, offered or not.
    """
    match field.kind:
        case FieldKind.NUMBER | FieldKind.MONEY:
            return AmountField(label=field.name, required=False)
        case FieldKind.DATE:
            return DayField(label=field.name, required=False)
        case FieldKind.CHOICE:
            offered = {choice: choice for choice in (*field.choices, *([present] if present else ()))}
            return forms.ChoiceField(label=field.name, required=False, choices=[("", _("None")), *offered.items()])
        case FieldKind.PERSON:
            left = {present: str(_("Somebody who has left"))} if present and present not in members else {}
            choices = [("", _("Nobody")), *members.items(), *left.items()]
            return forms.ChoiceField(label=field.name, required=False, choices=choices)
    return forms.CharField(label=field.name, required=False)


def initial_values(custom: dict[str, str], fields: Iterable[CustomField]) -> dict[str, Any]:
    """Stored values as the form's fields show them."""
    return {
        PREFIX + field.key: plain_number(Decimal(custom[field.key]))
        if field.kind in (FieldKind.NUMBER, FieldKind.MONEY)
        else custom[field.key]
        for field in fields
        if field.key in custom
    }
