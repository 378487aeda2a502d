"""By what the lists of this app can be grouped, and those of what belongs to accounts."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import TruncMonth
from django.db.models.lookups import LessThan
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import task_board
from accounts.conditions import NOBODY
from accounts.dimension_values import Dimension
from accounts.dimensions import LABELS, OWNER, SIZE, TAG, TEXT_COLUMNS
from accounts.list_filters import STATES, last_day
from accounts.models.contact import Stance
from accounts.models.contract import ContractKind
from accounts.models.custom_field import FieldKind
from workspaces import formats
from workspaces.filters import IS
from workspaces.grouping import NOTHING, Grouping, by_day, by_label, has_value, in_month
from workspaces.models import Membership
from workspaces.pinyin import sort_key
from workspaces.where import Clause

STANDINGS = ("paying", "churned", "prospect")


def owners(texts: list[str]) -> dict[str, tuple[list[Any], Any]]:
    """Heads for ids of memberships, by name; also of those who left."""
    ids = [UUID(text) for text in texts if text]
    members = Membership.objects.filter(pk__in=ids).select_related("user") if ids else []
    names = {str(member.pk): str(member.user) for member in members}
    return {
        text: ([0, 0, sort_key(names[text], is_person=True)], names[text])
        if text in names
        else ([1, 0, ""], _("No owner"))
        for text in texts
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
            found.append(_written(dimension.key, dimension.label, F(TEXT_COLUMNS[dimension.key])))
        elif dimension.field is not None and dimension.field.kind == FieldKind.CHOICE:
            choices = {choice: choice for choice in dimension.field.choices}
            value = KeyTextTransform(dimension.field.key, "custom")
            heads, clause = by_label(choices, _("Without")), has_value(dimension.parameter)
            found.append(Grouping(dimension.parameter, dimension.label, value, heads, clause=clause))
    return tuple(found)


def _written(key: str, label: Any, value: Any) -> Grouping:
    """By what somebody typed."""
    return Grouping(key, label, value, by_label({}, gettext_lazy("Without")), clause=has_value(key))


def by_owner_of_account() -> Grouping:
    """What belongs to accounts, by whose they are; the list has the filter of the same name."""
    return Grouping(OWNER, LABELS[OWNER], F("account__owner_id"), owners, clause=_owned_by)


def _owned_by(text: str) -> Clause:
    return Clause(OWNER, IS, (text or NOBODY,))


def by_month(key: str, label: Any, field: str, nothing: Any = "", *, turns_with: str, path: str = "") -> Grouping:
    """By the month of the day in `field`, newest first, which the filter of that name narrows to (path: where it has another
    name). turns_with: the list's order with the oldest first.
    """
    heads = by_day(lambda day: formats.period(f"{day:%Y-%m}", get_language() or "en"), nothing, newest_first=True)
    return Grouping(key, label, TruncMonth(path or field), heads, clause=in_month(field), turns_with=turns_with)


CONTACTS = (
    by_owner_of_account(),
    Grouping("stance", gettext_lazy("Stance"), F("stance"), by_label(dict(Stance.choices)), clause=has_value("stance")),
    _written("industry", LABELS["industry"], F("account__industry")),
    _written("region", LABELS["region"], F("account__region")),
)


def contracts(day: dt.date) -> tuple[Grouping, ...]:
    """By where they stand on `day` as far as their own dates tell, the month of their last day as written, and more."""
    standing = Case(
        When(starts_on__gt=day, then=Value("later")),
        When(LessThan(last_day(), day), then=Value("ended")),
        default=Value("running"),
    )
    return (
        Grouping("state", _("State"), standing, by_label(dict(STATES)), clause=has_value("state")),
        by_month("end", _("End month"), "end", _("Open-ended"), turns_with="end", path="ends_on"),
        Grouping("kind", _("Kind"), F("kind"), by_label(dict(ContractKind.choices)), clause=has_value("kind")),
        by_owner_of_account(),
        Grouping("currency", _("Currency"), F("currency"), by_label({}), clause=has_value("currency")),
    )


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
