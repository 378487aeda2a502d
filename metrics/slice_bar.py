"""The bar over pages of figures: which part of the book they are of, as chips to take away and menus to add from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from accounts.conditions import SEGMENT
from accounts.dimension_values import choices
from accounts.dimension_values import dimensions as account_dimensions
from accounts.queries import MOST_CHOICES, currencies_in_use, standing_products, visible_filters
from metrics.slices.dimensions import CURRENCY, DIMENSIONS, PRODUCT, dimension
from metrics.slices.labels import labels
from metrics.slices.reading import is_slicing, read_slice
from metrics.slices.slice import WHOLE, Slice
from workspaces.batch import InvalidRow
from workspaces.lists import ShownChoice, ShownFilter


@dataclass(frozen=True)
class SliceBar:
    """chosen: the slice; params: what the address says of it, as pairs; kept: everything else that links must keep.
    refusals: what of the address was not understood and is not in force.
    """

    workspace: Any
    user_id: Any
    path: str
    chosen: Slice
    params: list[tuple[str, str]]
    kept: dict[str, str]
    refusals: list[str]

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
        return [(name, value) for name, value in self.params if name not in ("group_by", "rates_on")]

    @property
    def filters(self) -> list[ShownFilter]:
        """A chip or menu for everything that a menu can hold the values of."""
        shown = [self._segments()]
        for one in account_dimensions(self.workspace):
            has_menu = one.field is None or one.is_person or bool(one.field.choices)
            if has_menu or any(name == one.parameter for name, _value in self.params):
                shown.append(self._shown(one.parameter, one.label, choices(self.workspace, one) if has_menu else []))
        products = standing_products(self.workspace).order_by("name").values_list("pk", "name")[:MOST_CHOICES]
        shown.append(self._shown(PRODUCT, DIMENSIONS[PRODUCT].name, [(str(pk), name) for pk, name in products]))
        codes = [(code, code) for code in currencies_in_use(self.workspace)]
        if len(codes) > 1:
            shown.append(self._shown(CURRENCY, DIMENSIONS[CURRENCY].name, codes))
        return shown

    def _segments(self) -> ShownFilter:
        saved = [(str(one.pk), one.name) for one in visible_filters(self.workspace, self.user_id)]
        return self._shown(SEGMENT, _("Saved filter"), saved)

    def _shown(self, parameter: str, label: Any, among: Sequence[tuple[str, Any]]) -> ShownFilter:
        values = [value for name, value in self.params if name == parameter]
        named = {str(value): str(text) for value, text in among}
        if values and not set(values) <= set(named) and parameter != SEGMENT:
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


def slice_bar(request, *, kept: Mapping[str, str]) -> SliceBar:
    """kept: the page's own controls by name. What the address says wrongly of a slice is left out and said."""
    lists = {name: values for name, values in request.GET.lists() if is_slicing(name)}
    lists = {name: values for name, values in lists.items() if name not in ("group_by", "rates_on") or values[-1]}
    refusals: list[str] = []
    try:
        chosen = read_slice(request.workspace, lists, user_id=request.user.pk)
    except InvalidRow as refused:
        refusals = [message for messages in refused.errors.values() for message in messages]
        lists = {name: values for name, values in lists.items() if name not in refused.errors}
        chosen = read_slice(request.workspace, lists, user_id=request.user.pk) if lists else WHOLE
    params = [(name, value) for name, values in lists.items() for value in values]
    return SliceBar(request.workspace, request.user.pk, request.path, chosen, params, dict(kept), refusals)
