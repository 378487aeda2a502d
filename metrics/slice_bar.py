"""The bar over pages of figures: which part of the book they are of, as chips to take away and menus to add from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from accounts.conditions import SEGMENT, TEAM
from accounts.dimension_values import choices
from accounts.dimension_values import dimensions as account_dimensions
from accounts.queries import MOST_CHOICES, currencies_in_use, standing_products, visible_filters
from metrics.slices.dimensions import CURRENCY, DIMENSIONS, PRODUCT, dimension
from metrics.slices.labels import labels
from metrics.slices.reading import is_slicing, read_slice
from metrics.slices.slice import WHOLE, Slice
from workspaces.batch import InvalidRow
from workspaces.lists import ShownChoice, ShownFilter
from workspaces.models import Team
from workspaces.queries import own_team, teams_of

# What the team picker sends for the whole workspace, where a manager would else see their own team.
EVERYBODY = "all"


@dataclass(frozen=True)
class SliceBar:
    """chosen: the slice; params: what the address says of it, as pairs; kept: everything else that links must keep.
    refusals: what of the address was not understood and is not in force. teams: of the workspace; has_picker: the page
    has a picker for them instead of a chip.
    """

    workspace: Any
    user_id: Any
    path: str
    chosen: Slice
    params: list[tuple[str, str]]
    kept: dict[str, str]
    refusals: list[str]
    teams: list[Team] = field(default_factory=list)
    has_picker: bool = False

    def address(self, *, add: Sequence[tuple[str, str]] = (), without: str = "", **changes: str) -> str:
        """The page's address with other controls; `add` narrows further, `without` lifts a filter."""
        pairs = [(name, value) for name, value in (self.kept | changes).items() if value]
        pairs += [(name, value) for name, value in self.params if name != without and name not in changes]
        pairs += [pair for pair in add if pair not in pairs]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def explained_at(self, path: str, *, add: Sequence[tuple[str, str]] = (), **asked: str) -> str:
        """Where figures of the slice, or of one of its groups, are explained: a group becomes a filter there."""
        pairs = [*asked.items(), *((name, value) for name, value in self.params if name != "group_by"), *add]
        return f"{path}?{urlencode(pairs)}"

    @property
    def team(self) -> Team | None:
        """The one team that the page is of."""
        ids = [value for name, value in self.params if name == TEAM]
        return next((team for team in self.teams if [str(team.pk)] == ids), None)

    @property
    def is_of_team(self) -> bool:
        """Whether a team is all that the page is narrowed to."""
        return self.team is not None and not any(name != TEAM for name, _value in self.params)

    @property
    def team_picker(self) -> dict[str, Any] | None:
        return picker_of(self.teams, self.team) if self.has_picker else None

    @property
    def words(self) -> str:
        """What the page is narrowed to, in one line."""
        said = [f"{one.label}: {one.value_label}" for one in self.filters if one.value]
        if self.has_picker and self.team:
            said.insert(0, f"{_('Team')}: {self.team.name}")
        return " · ".join(said)

    @property
    def exact_url(self) -> str:
        """The page's address such that everybody sees the same, also who would start with another team."""
        has_team = any(name == TEAM for name, _value in self.params)
        return self.address() if has_team or not self.has_picker else self.address(team=EVERYBODY)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chosen.conditions)

    @property
    def clear_url(self) -> str:
        keep = [(name, value) for name, value in self.params if name in ("group_by", "rates_on")]
        pairs = [*self.kept.items(), *keep]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    @property
    def form_params(self) -> list[tuple[str, str]]:
        """The filters, for the form of the controls to carry along."""
        controls = ("group_by", "rates_on", TEAM) if self.has_picker else ("group_by", "rates_on")
        return [(name, value) for name, value in self.params if name not in controls]

    @cached_property
    def filters(self) -> list[ShownFilter]:
        """A chip or menu for everything that a menu can hold the values of."""
        shown = [self._segments()]
        for one in account_dimensions(self.workspace):
            has_menu = one.field is None or one.is_person or bool(one.field.choices)
            if has_menu or any(name == one.parameter for name, _value in self.params):
                shown.append(self._shown(one.parameter, one.label, choices(self.workspace, one) if has_menu else []))
        products = standing_products(self.workspace).order_by("name").values_list("pk", "name")[:MOST_CHOICES]
        shown.append(self._shown(PRODUCT, DIMENSIONS[PRODUCT].name, [(str(pk), name) for pk, name in products]))
        has_several = sum(name == TEAM for name, _value in self.params) > 1
        if self.teams and (has_several or not self.has_picker):
            shown.append(self._shown(TEAM, _("Team"), [(str(team.pk), team.name) for team in self.teams]))
        codes = [(code, code) for code in currencies_in_use(self.workspace)]
        if len(codes) > 1:
            shown.append(self._shown(CURRENCY, DIMENSIONS[CURRENCY].name, codes))
        return shown

    @property
    def addable(self) -> list[ShownFilter]:
        """Filters that are not in force and have something to choose."""
        return [one for one in self.filters if not one.value and one.choices]

    def _segments(self) -> ShownFilter:
        saved = [(str(one.pk), one.name) for one in visible_filters(self.workspace, self.user_id)]
        return self._shown(SEGMENT, _("Saved filter"), saved)

    def _shown(self, parameter: str, label: Any, among: Sequence[tuple[str, Any]]) -> ShownFilter:
        values = [value for name, value in self.params if name == parameter]
        named = {str(value): str(text) for value, text in among}
        if values and not set(values) <= set(named) and parameter not in (SEGMENT, TEAM):
            key = parameter.replace("custom.", "custom:", 1)
            named |= {str(value): text for value, text in labels(self.workspace, dimension(key), values).items()}
        return ShownFilter(
            key=parameter.replace(".", "-"),
            label=label,
            icon="filter",
            choices=[
                ShownChoice(str(value), text, self.address(add=[(parameter, str(value))]), str(value) in values)
                for value, text in among
            ],
            value=",".join(values) or ("-" if values else ""),
            value_label=", ".join(named.get(value, value) for value in values),
            clear_url=self.address(without=parameter),
        )


def picker_of(teams: Sequence[Team], team: Team | None) -> dict[str, Any] | None:
    """For components/select.html; None where there is no team to pick."""
    if not teams:
        return None
    options = [{"value": str(one.pk), "label": one.name} for one in teams]
    everybody = {"value": EVERYBODY, "label": _("All teams")}
    return {"options": [everybody, *options], "value": str(team.pk) if team else EVERYBODY}


def team_asked(request) -> tuple[Team | None, dict[str, Any] | None]:
    """(the team of a dashboard that is narrowed by nothing else, its picker); a manager starts with their own."""
    teams = list(teams_of(request.workspace))
    word = request.GET.get(TEAM, "")
    own = own_team(request.member) if teams and not word else None
    team = next((one for one in teams if str(one.pk) == (str(own.pk) if own else word)), None)
    return team, picker_of(teams, team)


def slice_bar(request, *, kept: Mapping[str, str], has_picker: bool = False) -> SliceBar:
    """kept: the page's own controls by name. What the address says wrongly of a slice is left out and said.

    has_picker: a dashboard, on which a manager starts with the team that they look after.
    """
    lists = {name: values for name, values in request.GET.lists() if is_slicing(name)}
    lists = {name: values for name, values in lists.items() if name not in ("group_by", "rates_on", TEAM) or values[-1]}
    kept, own = dict(kept), None
    if has_picker and TEAM not in lists and request.member is not None:
        own = own_team(request.member)
        lists |= {TEAM: [str(own.pk)]} if own else {}
    if lists.get(TEAM) == [EVERYBODY]:
        del lists[TEAM]
        kept[TEAM] = EVERYBODY
    refusals: list[str] = []
    try:
        chosen = read_slice(request.workspace, lists, user_id=request.user.pk)
    except InvalidRow as refused:
        refusals = [message for messages in refused.errors.values() for message in messages]
        lists = {name: values for name, values in lists.items() if name not in refused.errors}
        chosen = read_slice(request.workspace, lists, user_id=request.user.pk) if lists else WHOLE
    params = [(name, value) for name, values in lists.items() for value in values]
    return SliceBar(
        request.workspace,
        request.user.pk,
        request.path,
        chosen,
        params,
        kept,
        refusals,
        list(teams_of(request.workspace)),
        has_picker,
    )
