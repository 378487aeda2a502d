"""What accounts can be sliced by in a workspace, which values there are to choose from, and what people call them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import custom_values, queries
from accounts.dimensions import LABELS, OWNER, SIZE, parameter_of
from accounts.models import CustomField
from accounts.models.custom_field import FieldKind
from accounts.size_bands import BY_KEY, SIZE_BANDS
from workspaces.models import Membership
from workspaces.queries import colleagues

NO_VALUE = _("None")


@dataclass(frozen=True)
class Dimension:
    """key: as TraitChange and `group_by` name it. field: the custom field that it is of, if any."""

    key: str
    label: Any
    field: CustomField | None = None

    @property
    def parameter(self) -> str:
        """How addresses name it."""
        return parameter_of(self.key)

    @property
    def is_person(self) -> bool:
        return self.key == OWNER or (self.field is not None and self.field.is_person)


def dimensions(workspace) -> list[Dimension]:
    """The dimensions of every workspace, then its own fields that are not archived, in their order."""
    own = [Dimension(field.dimension, field.name, field) for field in queries.asked_fields(workspace)]
    return [*(Dimension(key, label) for key, label in LABELS.items()), *own]


def choices(workspace, dimension: Dimension) -> list[tuple[str, Any]]:
    """[(value, label)] for a menu: the values that accounts have now, or for bands, people and choices all there are."""
    return choices_of(workspace, [dimension])[dimension.key]


def choices_of(workspace, dimensions: Iterable[Dimension]) -> dict[str, list[tuple[str, Any]]]:
    """`choices` by the key of each dimension. Two queries, however many there are."""
    found: dict[str, list[tuple[str, Any]]] = {}
    people: list[tuple[str, Any]] | None = None
    hopped = []
    for one in dimensions:
        if one.key == SIZE:
            found[one.key] = [(band.key, band.label) for band in SIZE_BANDS]
        elif one.is_person:
            if people is None:
                people = [(str(member.pk), str(member)) for member in colleagues(workspace)]
            found[one.key] = people
        elif one.field is not None and one.field.kind == FieldKind.CHOICE:
            found[one.key] = [(choice, choice) for choice in one.field.choices]
        else:
            hopped.append(one.key)
    return found | (queries.facets(workspace, *hopped) if hopped else {})


def labels(workspace, dimension: Dimension, values: Iterable[str]) -> dict[str, Any]:
    """{value: what people call it}, of values as they are stored; "" is called none."""
    wanted = set(values)
    found: dict[str, Any] = {value: value for value in wanted} | {"": NO_VALUE}
    if dimension.key == SIZE:
        found |= {key: band.label for key, band in BY_KEY.items()}
    elif dimension.is_person and (ids := wanted - {""}):
        members = Membership.objects.filter(workspace=workspace, pk__any_of=ids).select_related("user")
        found |= {str(member.pk): str(member) for member in members}
    elif (field := dimension.field) is not None:
        currency, language = workspace.base_currency, get_language()
        found |= {
            value: custom_values.shown(field.kind, value, currency=currency, language=language)
            for value in wanted - {""}
        }
    return found
