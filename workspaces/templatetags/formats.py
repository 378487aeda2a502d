"""Template filters and tags around workspaces.formats, in the language of the page."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from workspaces import formats
from workspaces.amounts import amount_cell

register = template.Library()


def _language() -> str:
    return get_language() or "en"


def _number(value: Any) -> Decimal | None:
    """A template's value as a Decimal; empty and missing are None. Floats go through their text."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise template.TemplateSyntaxError(f"not a number: {value!r}") from error


@register.filter
def money(value: Any, currency: str = "CNY") -> str:
    """{{ contract.total|money:contract.currency }} → ¥1,284,300"""
    return formats.money(_number(value), currency)


@register.filter
def money_whole(value: Any, currency: str = "CNY") -> str:
    """{{ mrr|money_whole:currency }} → ¥35,876: for columns, where cents would only fray the edge."""
    return formats.money(_number(value), currency, places=0)


@register.filter
def money_cell(value: Any, currency: str = "CNY", *, plus: bool = False) -> str:
    """{{ row.spend|money_cell:currency }} → ¥314,277, with ¥314,276.96 as its title; amounts without cents as they are."""
    return amount_cell(_number(value), currency, plus=plus)


@register.filter
def money_cell_signed(value: Any, currency: str = "CNY") -> str:
    """{{ month.gained|money_cell_signed:currency }} → +¥6,000, its cents in the title"""
    return money_cell(value, currency, plus=True)


@register.filter
def money_signed(value: Any, currency: str = "CNY") -> str:
    """{{ movement.amount|money_signed:currency }} → +¥6,000"""
    return formats.money(_number(value), currency, plus=True)


@register.filter
def money_short(value: Any, currency: str = "CNY") -> str:
    """{{ mrr|money_short:currency }} → ¥1.28M, 128.4万"""
    return formats.money_short(_number(value), currency, _language())


@register.filter
def money_short_signed(value: Any, currency: str = "CNY") -> str:
    """{{ change|money_short_signed:currency }} → +¥86.4k, +8.64万"""
    return formats.money_short(_number(value), currency, _language(), plus=True)


@register.filter
def number(value: Any, places: int = 0) -> str:
    """{{ count|number }} → 1,284; {{ ratio|number:1 }} → 4.2"""
    return formats.number(_number(value), places=places)


@register.filter
def signed(value: Any, places: int = 0) -> str:
    """{{ change|signed }} → +14"""
    return formats.number(_number(value), places=places, plus=True)


@register.filter
def percent(value: Any, places: int = 1) -> str:
    """{{ rate|percent }} → 1.2 %"""
    return formats.percent(_number(value), places=places)


@register.filter(is_safe=True)
def unbroken(text: str) -> str:
    """{{ why|unbroken }} → a sentence whose lines do not break between a sign and its amount"""
    for sign in ("+", formats.MINUS):
        text = text.replace(sign, f"{sign}\u2060")
    return text


@register.filter
def dash(value: Any) -> Any:
    """{{ contact.email|dash }} → the value, or a dash when there is none (0 is a value)."""
    return formats.DASH if value is None or value == "" else value


def _date(value: date | datetime | None) -> date | None:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value or None


@register.filter
def day(value: date | datetime | None) -> str:
    """{{ contract.starts_on|day }} → 22 Nov 2026, 2026年11月22日"""
    return formats.day(_date(value), _language())


@register.filter
def day_short(value: date | datetime | None, this_year: int | None = None) -> str:
    """{{ interaction.on|day_short }} → 22 Nov, 11月22日"""
    return formats.day_short(_date(value), _language(), this_year=this_year)


@register.filter
def table_day(value: date | datetime | None) -> str:
    """{{ contract.starts_on|table_day }} → 2026-11-22"""
    return formats.table_day(_date(value))


@register.filter
def table_moment(value: datetime | None) -> str:
    """{{ key.last_used_at|table_moment }} → 2026-11-22 14:05, in the active time zone"""
    return formats.table_moment(timezone.localtime(value) if value is not None and timezone.is_aware(value) else value)


@register.filter
def moment(value: datetime | None) -> str:
    """{{ activity.at|moment }} → 22 Nov 2026, 14:05, in the active time zone"""
    if value is None:
        return formats.DASH
    return formats.moment(timezone.localtime(value) if timezone.is_aware(value) else value, _language())


@register.filter
def period(value: str | date | None) -> str:
    """{{ "2026-01"|period }} → January 2026, 2026年1月"""
    return formats.period(value, _language())


@register.filter
def period_short(value: str | date | None) -> str:
    """{{ "2026-01"|period_short }} → Jan 26, 26年1月"""
    return formats.period_short(value, _language())


@register.filter
def initials(name: Any) -> str:
    """{{ member.name|initials }} → one or two characters for an avatar"""
    return formats.initials(str(name or ""))


@register.simple_tag
def delta(
    value: Any,
    previous: Any,
    kind: formats.DeltaKind = "relative",
    *,
    better: str = "up",
    currency: str = "CNY",
) -> formats.Delta | None:
    """{% delta mrr last_mrr "relative" better="up" as change %}; better: up, down or none."""
    higher = {"up": True, "down": False, "none": None}[better]
    return formats.delta(
        _number(value), _number(previous), kind, _language(), higher_is_better=higher, currency=currency
    )
