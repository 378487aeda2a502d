"""The bar over pages of figures: which part of the book they are of, as chips to take away and menus to add from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.conditions import SEGMENT, TEAM
from accounts.dimensions import CUSTOM
from accounts.queries import visible_filters
from metrics.slices.dimensions import DIMENSIONS, dimension
from metrics.slices.labels import dimensions_of, labels
from metrics.slices.reading import is_slicing, read_slice
from metrics.slices.slice import WHOLE, Slice
from workspaces.batch import InvalidRow
from workspaces.chips import ShownChoice, ShownFilter
from workspaces.models import Membership, Team
from workspaces.queries import teams_of

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

    @property
    def choices_url(self) -> str:
        """Where the menus that narrow the page further are read from when they are opened."""
        pairs = [("at", self.path), *([("picker", "1")] if self.has_picker else [])]
        pairs += [*((name, value) for name, value in self.kept.items() if value), *self.params]
        return f"{reverse('metrics:slice_choices', args=[self.workspace.slug])}?{urlencode(pairs)}"

    @cached_property
    def filters(self) -> list[ShownFilter]:
        """A chip for everything that the page is narrowed to; its menu is read when it is opened."""
        shown = {}
        for name, _value in self.params:
            is_picked = name == TEAM and self.has_picker and self.team is not None
            if name not in shown and name not in ("group_by", "rates_on") and not is_picked:
                shown[name] = self.shown(name, self._label(name), self._names(name))
        return list(shown.values())

    def _label(self, parameter: str) -> Any:
        if parameter in (SEGMENT, TEAM):
            return {SEGMENT: _("Saved filter"), TEAM: _("Team")}[parameter]
        key = parameter.replace("custom.", "custom:", 1)
        known = dimensions_of(self.workspace) if key.startswith(CUSTOM) else DIMENSIONS
        return known[key].name if key in known else key

    def _names(self, parameter: str) -> dict[str, str]:
        values = [value for name, value in self.params if name == parameter]
        if parameter == TEAM:
            return {str(team.pk): team.name for team in self.teams}
        if parameter == SEGMENT:
            return {str(one.pk): one.name for one in visible_filters(self.workspace, self.user_id)}
        found = labels(self.workspace, dimension(parameter.replace("custom.", "custom:", 1)), values)
        return {str(value): text for value, text in found.items()}

    def shown(
        self, parameter: str, label: Any, named: Mapping[str, Any], among: Iterable[tuple[str, Any]] = ()
    ) -> ShownFilter:
        """The chip of a parameter. named: what its values are called; among: (value, label) to choose from."""
        values = [value for name, value in self.params if name == parameter]
        return ShownFilter(
            key=parameter.replace(".", "-"),
            label=label,
            icon="filter",
            choices=[
                ShownChoice(str(value), text, self.address(add=[(parameter, str(value))]), str(value) in values)
                for value, text in among
            ],
            value=",".join(values) or ("-" if values else ""),
            value_label=", ".join(str(named.get(value, value)) for value in values),
            clear_url=self.address(without=parameter),
        )


def picker_of(teams: Sequence[Team], team: Team | None) -> dict[str, Any] | None:
    """For components/select.html; None where there is no team to pick."""
    if not teams:
        return None
    options = [{"value": str(one.pk), "label": one.name} for one in teams]
    everybody = {"value": EVERYBODY, "label": _("All teams")}
    return {"options": [everybody, *options], "value": str(team.pk) if team else EVERYBODY}


def own_team(member: Membership | None, teams: Iterable[Team]) -> Team | None:
    """The team that a manager looks after: the first by name of those they manage. teams: by name."""
    if member is None or member.role != "manager":
        return None
    return next((team for team in teams if team.manager_id == member.pk), None)


def team_asked(request) -> tuple[Team | None, dict[str, Any] | None]:
    """(the team of a dashboard that is narrowed by nothing else, its picker); a manager starts with their own."""
    teams = list(teams_of(request.workspace))
    word = request.GET.get(TEAM, "")
    own = None if word else own_team(request.member, teams)
    team = next((one for one in teams if str(one.pk) == (str(own.pk) if own else word)), None)
    return team, picker_of(teams, team)


def slice_bar(request, *, kept: Mapping[str, str], has_picker: bool = False, path: str = "") -> SliceBar:
    """kept: the page's own controls by name. What the address says wrongly of a slice is left out and said.

    has_picker: a dashboard, on which a manager starts with the team that they look after. path: of the page, where it is
    another one than the request's.
    """
    lists = {name: values for name, values in request.GET.lists() if is_slicing(name)}
    lists = {name: values for name, values in lists.items() if name not in ("group_by", "rates_on", TEAM) or values[-1]}
    teams = list(teams_of(request.workspace))
    kept, own = dict(kept), None
    if has_picker and TEAM not in lists:
        own = own_team(request.member, teams)
        lists |= {TEAM: [str(own.pk)]} if own else {}
    if lists.get(TEAM) == [EVERYBODY]:
        del lists[TEAM]
        kept[TEAM] = EVERYBODY
    refusals: list[str] = []
    try:
        chosen = read_slice(request.workspace, lists, user_id=request.user.pk) if lists else WHOLE
    except InvalidRow as refused:
        refusals = [message for messages in refused.errors.values() for message in messages]
        lists = {name: values for name, values in lists.items() if name not in refused.errors}
        chosen = read_slice(request.workspace, lists, user_id=request.user.pk) if lists else WHOLE
    params = [(name, value) for name, values in lists.items() for value in values]
    return SliceBar(
        request.workspace,
        request.user.pk,
        path or request.path,
        chosen,
        params,
        kept,
        refusals,
        teams,
        has_picker,
    )
