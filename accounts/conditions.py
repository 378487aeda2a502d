"""Which accounts: conditions on what accounts are sliced by, from an address or a saved filter.

`metrics` asks the same conditions of a past day; here they are asked of now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import custom_values
from accounts.dimensions import (
    OWNER,
    SIZE,
    TAG,
    TEXT_COLUMNS,
    custom_key,
    dimension_of,
)
from accounts.models import Account, AccountTrait, CustomField, SavedFilter
from accounts.models.custom_field import FieldKind, FieldSubject
from accounts.queries import standing_accounts, visible_filters
from accounts.size_bands import BY_KEY, SIZE_BANDS
from workspaces.batch import Errors, InvalidRow
from workspaces.models import Membership
from workspaces.queries import people_of_team, teams_of

# "" among the values of a condition: accounts without any. Lists of pages say `none`.
NOTHING, NOBODY = "", "none"
SEGMENT = "segment"
# Accounts whose owner serves in a team today: short for its people, so that the past is told by who owned them then.
TEAM = "team"
MOST_VALUES = 100


class NotOneFilter(InvalidRow):
    """Conditions that may well hold together, but that no single filter says."""


@dataclass(frozen=True)
class Condition:
    """One dimension and the values of which an account must have any, as TraitChange writes them; "" for having none."""

    dimension: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Conditions:
    """Conditions of which all must hold. Hashable and in one order, so that equal ones are equal keys."""

    all: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all)

    @classmethod
    def of(cls, values: Mapping[str, Iterable[str]]) -> "Conditions":
        """From {dimension: values}, as a saved filter keeps them."""
        return cls(tuple(Condition(name, tuple(sorted(set(some)))) for name, some in sorted(values.items())))

    def __and__(self, other: "Conditions") -> "Conditions":
        return Conditions(tuple(sorted({*self.all, *other.all}, key=lambda one: (one.dimension, one.values))))

    def as_json(self) -> dict[str, list[str]]:
        """{dimension: values}, for a saved filter. Two conditions on one dimension become what both allow; two on tags are
        refused, because an account may have a tag of each. Raises NotOneFilter.
        """
        made: dict[str, list[str]] = {}
        for one in self.all:
            both = made.get(one.dimension)
            if both is not None and one.dimension == TAG:
                raise NotOneFilter({TAG: [_("Two conditions on tags cannot be kept as one.")]})
            made[one.dimension] = [value for value in one.values if both is None or value in both]
        return made


def is_condition(parameter: str) -> bool:
    """Whether a parameter of an address is read by `read_conditions`."""
    return parameter in (SEGMENT, TEAM) or dimension_of(parameter) is not None


def read_conditions(workspace, parameters: Mapping[str, Sequence[str]], *, user_id: UUID | None) -> Conditions:
    """The conditions among the parameters of an address ({name: values}); others are passed over.

    Owners and people may be given by mail address or id, numbers and money as people write them. `team` holds ids or names
    of teams and becomes a condition on owners. `segment` holds ids of saved filters that the user may see (None, as an API
    key: the shared ones). Raises InvalidRow with what is unknown, by
    parameter.
    """
    errors: Errors = {}
    fields = _Fields(workspace)
    found = Conditions()
    for parameter, given in parameters.items():
        if len(given) > MOST_VALUES:
            errors[parameter[:100]] = [_("At most %(most)s values.") % {"most": MOST_VALUES}]
        elif is_condition(parameter) and any("\x00" in value for value in given):
            # The database holds none, so that nothing is called so.
            errors[parameter[:100]] = [_("Unknown.")]
        elif parameter == SEGMENT:
            for value in given:
                saved = _saved(workspace, value, user_id)
                if saved is None:
                    errors[SEGMENT] = [_("Unknown.")]
                else:
                    found &= Conditions.of(saved.conditions)
        elif parameter == TEAM:
            people, refusals = _people_of(workspace, given)
            if refusals:
                errors[TEAM] = refusals
            found &= Conditions.of({OWNER: people})
        elif (dimension := dimension_of(parameter)) is not None:
            values, refusals = fields.read(dimension, given)
            if refusals:
                errors[parameter[:100]] = refusals
            found &= Conditions.of({dimension: values})
    if errors:
        raise InvalidRow(errors)
    return found


def _people_of(workspace, given: Sequence[str]) -> tuple[list[str], list[str]]:
    """(memberships of all teams given, refusals); also of people who left, whose accounts are theirs until handed over."""
    teams = teams_of(workspace)
    named = {name: team for team in teams for name in (str(team.pk), team.name)}
    if any(text.strip() not in named for text in given):
        return [], [_("Unknown.")]
    people = [str(pk) for text in given for pk in people_of_team(named[text.strip()])]
    # Nobody in it, nothing of it: a condition without values would be none.
    return people or [str(UUID(int=0))], []


def _saved(workspace, value: str, user_id: UUID | None) -> SavedFilter | None:
    try:
        pk = UUID(value)
    except ValueError:
        return None
    return visible_filters(workspace, user_id).filter(pk=pk).first()


class _Fields:
    """Reads values by what the workspace knows: its custom fields and members, each asked for once and when needed."""

    def __init__(self, workspace):
        self.workspace = workspace
        self._kinds: dict[str, str] | None = None
        self._members: dict[str, str] | None = None

    def read(self, dimension: str, given: Sequence[str]) -> tuple[list[str], list[str]]:
        """(values as they are stored, refusals)"""
        values, refusals = [], []
        for text in given:
            try:
                values.append(self._value(dimension, text))
            except custom_values.BadValue as refusal:
                refusals.append(str(refusal))
        return values, list(dict.fromkeys(refusals))

    def _value(self, dimension: str, text: str) -> str:
        key = custom_key(dimension)
        kind = self._kind(key) if key is not None else None
        if text.strip() == NOTHING:
            return NOTHING
        if dimension == OWNER or kind == FieldKind.PERSON:
            return self._member(text.strip())
        if dimension == SIZE:
            # A plus sign that was not escaped arrives as a space.
            text = text if text in BY_KEY else text.replace(" ", "+")
            if text not in BY_KEY:
                choices = ", ".join(BY_KEY)
                raise custom_values.BadValue(_("This must be one of: %(choices)s.") % {"choices": choices})
            return text
        return custom_values.stored(kind or FieldKind.TEXT, text)

    def _kind(self, key: str) -> str:
        if self._kinds is None:
            fields = CustomField.objects.filter(workspace=self.workspace, subject=FieldSubject.ACCOUNT)
            self._kinds = dict(fields.values_list("key", "kind"))
        if key not in self._kinds:
            raise custom_values.BadValue(_("There is no such field."))
        return self._kinds[key]

    def _member(self, text: str) -> str:
        if text == NOBODY:
            return NOTHING
        if self._members is None:
            members = Membership.objects.filter(workspace=self.workspace).values_list("pk", "user__email")
            self._members = {name: str(pk) for pk, mail in members for name in (str(pk), mail)}
        if text.lower() not in self._members:
            raise custom_values.BadValue(_("No member has this mail address."))
        return self._members[text.lower()]


def accounts_of(workspace, conditions: Conditions) -> QuerySet[Account]:
    """The standing accounts for which the conditions hold now."""
    return narrow(standing_accounts(workspace), workspace, conditions)


def narrow(accounts: QuerySet, workspace, conditions: Conditions) -> QuerySet:
    """Those of `accounts` for which the conditions hold now."""
    for one in conditions.all:
        accounts = accounts.filter(holds(workspace, one))
    return accounts


def holds(workspace, one: Condition) -> Q:
    """The accounts for which `one` holds now."""
    values = [value for value in one.values if value != NOTHING]
    with_none = NOTHING in one.values
    if one.dimension == SIZE:
        return _has_size(values, with_none=with_none)
    if column := TEXT_COLUMNS.get(one.dimension):
        found = Q(**{f"{column}__in": values})
        if with_none:
            found |= Q(**{f"{column}__isnull": True} if one.dimension == OWNER else {column: ""})
        return found
    traits = AccountTrait.objects.filter(workspace=workspace, dimension=one.dimension)
    found = Q(pk__in=traits.filter(value__in=values).values("account_id"))
    return found | ~Q(Exists(traits.filter(account=OuterRef("pk")))) if with_none else found


def _has_size(keys: Sequence[str], *, with_none: bool) -> Q:
    found = Q(employees__isnull=True) | Q(employees__lt=SIZE_BANDS[0].first) if with_none else Q(pk__in=[])
    for key in keys:
        band = BY_KEY[key]
        inside = Q(employees__gte=band.first)
        found |= inside if band.last is None else inside & Q(employees__lte=band.last)
    return found
