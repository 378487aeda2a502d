"""By what the lists of this app can be grouped."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from accounts import task_board
from accounts.conditions import NOBODY
from accounts.dimension_values import Dimension
from accounts.dimensions import LABELS, OWNER, SIZE, TAG, TEXT_COLUMNS
from accounts.models.custom_field import FieldKind
from workspaces.grouping import NOTHING, Grouping, by_label
from workspaces.models import Membership

STANDINGS = ("paying", "churned", "prospect")


def owners(texts: list[str]) -> dict[str, tuple[list[Any], Any]]:
    """Heads for ids of memberships, by name; also of those who left."""
    ids = [UUID(text) for text in texts if text]
    members = Membership.objects.filter(pk__in=ids).select_related("user") if ids else []
    names = {str(member.pk): str(member.user) for member in members}
    return {
        text: ([0, 0, names[text]], names[text]) if text in names else ([1, 0, ""], _("No owner")) for text in texts
    }


def narrowed_by(parameter: str, nothing: str = "") -> Any:
    """The address of a group is that of the filter `parameter`; nothing: what that calls rows without a value, if it can."""

    def asked(text: str) -> dict[str, str]:
        value = text or nothing
        return {parameter: value} if value else {}

    return asked


def accounts(workspace, known: Iterable[Dimension]) -> tuple[Grouping, ...]:
    """By owner, standing, what is written of each as text, and the choices of fields of one's own."""
    standing = Case(
        When(customer_since__isnull=True, then=Value("prospect")),
        When(churned_on__isnull=True, then=Value("paying")),
        default=Value("churned"),
    )
    labels = {"paying": _("Paying"), "churned": _("Churned"), "prospect": _("Prospect")}
    found = [
        Grouping(OWNER, LABELS[OWNER], F("owner_id"), owners, narrowed_by(OWNER, NOBODY)),
        Grouping("standing", _("Standing"), standing, by_label(labels, ""), narrowed_by("standing")),
    ]
    for dimension in known:
        if dimension.field is None and dimension.key not in (OWNER, SIZE, TAG):
            value: Any = F(TEXT_COLUMNS[dimension.key])
            heads = by_label({}, _("Without"))
            found.append(Grouping(dimension.key, dimension.label, value, heads, narrowed_by(dimension.key)))
        elif dimension.field is not None and dimension.field.kind == FieldKind.CHOICE:
            choices = {choice: choice for choice in dimension.field.choices}
            value = KeyTextTransform(dimension.field.key, "custom")
            heads = by_label(choices, _("Without"))
            found.append(Grouping(dimension.parameter, dimension.label, value, heads, narrowed_by(dimension.parameter)))
    return tuple(found)


def tasks(day: dt.date, *, is_done: bool) -> tuple[Grouping, ...]:
    """By whom they are for, and, while they are to be done, by when they are due."""
    person = Grouping("assignee", _("For"), F("assignee_id"), assignees, narrowed_by("assignee", NOBODY))
    if is_done:
        return (person,)
    labels = {column.key: column.label for column in task_board.columns(day)}
    due = Grouping(
        "due", _("Due"), task_board.column_of(day), by_label(labels, ""), lambda text: {"due": task_board.asked(text)}
    )
    return (due, person)


def assignees(texts: list[str]) -> dict[str, tuple[list[Any], Any]]:
    return owners(texts) | ({NOTHING: ([1, 0, ""], _("Nobody"))} if NOTHING in texts else {})
