"""{% load mentions %}: texts in which colleagues are named."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from workspaces.mentions import TOKEN

register = template.Library()


@register.filter
def mentions(text: str) -> SafeString:
    """The text escaped, each mention as a name that stands out."""
    parts, at = [], 0
    for match in TOKEN.finditer(text or ""):
        parts += [escape(text[at : match.start()]), '<span class="mention">@', escape(match["name"]), "</span>"]
        at = match.end()
    return mark_safe("".join([*parts, escape((text or "")[at:])]))  # noqa: S308 - every part was escaped
