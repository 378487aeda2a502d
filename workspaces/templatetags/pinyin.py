"""What labels are typed as by letters, for scripts that find them."""

from django import template

from workspaces import pinyin

register = template.Library()


@register.filter
def letters(label: object) -> str:
    return pinyin.letters(str(label))
