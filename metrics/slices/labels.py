"""What can be grouped and filtered by in a workspace, and what the values are called."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.dimensions import CUSTOM, SIZE
from accounts.models import CustomField, Product
from accounts.models.custom_field import FieldKind, FieldSubject
from accounts.size_bands import BY_KEY
from metrics.slices.dimensions import DIMENSIONS, OWNER, PRODUCT, Dimension
from workspaces.models import Membership


def dimensions_of(workspace) -> dict[str, Dimension]:
    """Everything that figures of the workspace can be grouped and filtered by, by key, its own fields last."""
    fields = CustomField.objects.filter(workspace=workspace, subject=FieldSubject.ACCOUNT).order_by("position", "name")
    own = [Dimension.of_field(field.key, field.name) for field in fields]
    return DIMENSIONS | {one.key: one for one in own}


def labels(workspace, one: Dimension, values: Iterable[str | None]) -> dict[str | None, str]:
    """By value, how people read it, "(none)" for None and "". A person or product that is gone goes by its id."""
    known = [value for value in values if value]
    named: dict[str | None, Any] = {value: value for value in known}
    if one.key == OWNER or (one.key.startswith(CUSTOM) and _is_of_people(workspace, one)):
        rows = Membership.objects.filter(workspace=workspace, pk__any_of=_ids(known)).select_related("user")
        named |= {str(person.pk): str(person.user) for person in rows}
    elif one.key == PRODUCT:
        products = Product.objects.filter(workspace=workspace, pk__any_of=_ids(known))
        named |= {str(pk): name for pk, name in products.values_list("pk", "name")}
    elif one.key == SIZE:
        named |= {value: BY_KEY[value].label for value in known if value in BY_KEY}
    return {value: str(label) for value, label in named.items()} | {None: _("(none)"), "": _("(none)")}


def product_ids(workspace, values: Sequence[str]) -> list[str]:
    """Ids of products given by name or id; what is not of this workspace is left out."""
    found = Product.objects.filter(workspace=workspace, name__in=values) | Product.objects.filter(
        workspace=workspace, pk__in=_ids(values)
    )
    return [str(pk) for pk in found.order_by("pk").values_list("pk", flat=True)]


def _ids(values: Iterable[str]) -> list[str]:
    """Those that are ids at all."""
    found = []
    for value in values:
        try:
            found.append(str(UUID(value)))
        except ValueError:
            continue
    return found


def _is_of_people(workspace, one: Dimension) -> bool:
    fields = CustomField.objects.filter(workspace=workspace, key=one.key.removeprefix(CUSTOM), kind=FieldKind.PERSON)
    return fields.exists()
