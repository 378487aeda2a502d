"""Amounts in lists: whole, with their cents behind them. Cents stand where somebody adds up: in the lines of a contract, in
explanations, and in files.
"""

from decimal import Decimal

from django.utils.html import format_html

from workspaces import formats


def amount_cell(value: Decimal | int | None, currency: str, *, plus: bool = False) -> str:
    """¥314,277, with ¥314,276.96 as its title; as it is when it has no cents, or nothing but cents."""
    whole = formats.money(value, currency, places=0, plus=plus)
    exact = formats.money(value, currency, plus=plus)
    is_nothing_else = value is not None and formats.rounded(value, 0) == 0
    return exact if whole == exact or is_nothing_else else format_html('<span title="{}">{}</span>', exact, whole)
