"""What a page of figures can be narrowed to: the menus of its bar, with everything that there is to choose."""

from django.utils.translation import gettext_lazy as _

from accounts.conditions import SEGMENT, TEAM
from accounts.dimension_values import choices_of, dimensions
from accounts.queries import MOST_CHOICES, currencies_in_use, standing_products, visible_filters
from metrics.slice_bar import SliceBar
from metrics.slices.dimensions import CURRENCY, DIMENSIONS, PRODUCT
from workspaces.chips import ShownFilter


def menus(bar: SliceBar) -> list[ShownFilter]:
    """A menu for everything that a menu can hold the values of, those without any left out. Six queries and, where
    somebody made a field with values of its own, one more.
    """
    saved = [(str(one.pk), one.name) for one in visible_filters(bar.workspace, bar.user_id)]
    asked = [one for one in dimensions(bar.workspace) if one.field is None or one.is_person or one.field.choices]
    values = choices_of(bar.workspace, asked)
    products = standing_products(bar.workspace).order_by("name").values_list("pk", "name")[:MOST_CHOICES]
    codes = currencies_in_use(bar.workspace)
    teams = [] if bar.has_picker else bar.teams
    found = [
        (SEGMENT, _("Saved filter"), saved),
        *((one.parameter, one.label, values[one.key]) for one in asked),
        (PRODUCT, DIMENSIONS[PRODUCT].name, [(str(pk), name) for pk, name in products]),
        (TEAM, _("Team"), [(str(team.pk), team.name) for team in teams]),
        (CURRENCY, DIMENSIONS[CURRENCY].name, [(code, code) for code in codes] if len(codes) > 1 else []),
    ]
    return [bar.shown(parameter, label, dict(among), among) for parameter, label, among in found if among]
