"""What the digest's templates need beyond texts that are ready."""

from collections.abc import Sequence

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from metrics.digest import words

register = template.Library()
register.filter("arrow", words.arrow)


@register.filter
def dressed(sentence: str) -> SafeString:
    """A sentence whose links wear their colour themselves, since classes mean nothing in a mail."""
    return mark_safe(conditional_escape(sentence).replace('<a class="link"', '<a style="color:#2f54d0"'))  # noqa: S308


@register.filter
def pairs(rows: Sequence) -> list[Sequence]:
    """Two and two, as mail programs lay out no grid."""
    return [rows[start : start + 2] for start in range(0, len(rows), 2)]
