"""What the digest's templates need beyond texts that are ready."""

from collections.abc import Sequence

from django import template

from metrics.digest import words

register = template.Library()
register.filter("arrow", words.arrow)


@register.filter
def pairs(rows: Sequence) -> list[Sequence]:
    """Two and two, as mail programs lay out no grid."""
    return [rows[start : start + 2] for start in range(0, len(rows), 2)]
