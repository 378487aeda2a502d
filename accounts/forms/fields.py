"""Inputs that understand what people write: 5万, 8.5折, 13%, 2025年3月1日. They read, actions judge."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.shapes import TAG_SEPARATORS
from jobs.imports.dates import BadValue, to_date
from jobs.imports.values import to_amount, to_discount, to_integer, to_percent

NUMERIC = {"inputmode": "decimal", "autocomplete": "off"}


class _ReadField(forms.CharField):
    """Text that `read` turns into a value; what it cannot read is refused with the reader's own words."""

    attrs = NUMERIC

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs=dict(self.attrs)))
        kwargs.setdefault("max_length", 100)
        super().__init__(**kwargs)

    def clean(self, value):
        text = super().clean(value)
        if text == "":
            return None
        try:
            return self.read(text)
        except BadValue as refusal:
            raise ValidationError(str(refusal), code="unreadable") from refusal

    def prepare_value(self, value):
        """Decimals without the zeros of their column: 6.000 is shown as 6."""
        if isinstance(value, Decimal):
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        return value

    def read(self, text: str) -> Any:
        raise NotImplementedError


class AmountField(_ReadField):
    """1,200.50, ¥5万, 1.2k → Decimal"""

    def read(self, text):
        return to_amount(text)


class DiscountField(_ReadField):
    """15, 15%, 8.5折 → percent taken off"""

    def read(self, text):
        return to_discount(text)


class PercentField(_ReadField):
    def read(self, text):
        return to_percent(text)


class CountField(_ReadField):
    attrs = NUMERIC | {"inputmode": "numeric"}

    def read(self, text):
        return to_integer(text)


class DayField(_ReadField):
    attrs: dict[str, str] = {}

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return value.isoformat() if isinstance(value, dt.date) else value

    def read(self, text):
        return to_date(text, None)


class LinesField(forms.CharField):
    """Several values, one a line → list of text."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class TagsField(forms.CharField):
    """Several tags with a comma or the like between them → list of text."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        return [tag.strip() for tag in re.split(f"[{TAG_SEPARATORS}]", super().clean(value)) if tag.strip()]
