"""The slice that an address asks for, by page or API."""

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.conditions import Condition, Conditions, is_condition, read_conditions
from metrics.slices.dimensions import CURRENCY, DIMENSIONS, PRODUCT
from metrics.slices.labels import dimensions_of, product_ids
from metrics.slices.slice import Slice
from workspaces.batch import Errors, InvalidRow

GROUP_BY, RATES_ON = "group_by", "rates_on"
OF_LINES = [key for key, one in DIMENSIONS.items() if one.is_of_line]


def is_slicing(parameter: str) -> bool:
    """Whether a parameter of an address is read by `read_slice`."""
    return parameter in (GROUP_BY, RATES_ON, *OF_LINES) or is_condition(parameter)


def read_slice(workspace, parameters: Mapping[str, Sequence[str]], *, user_id: UUID | None) -> Slice:
    """The slice among the parameters of an address ({name: values}); others are passed over.

    user_id: who asks, whose own saved filters are known as segments (None, as an API key: the shared ones). Raises
    InvalidRow with what is unknown, by parameter.
    """
    errors: Errors = {}
    pairs: list[tuple[str, Sequence[str]]] = []
    try:
        conditions = read_conditions(workspace, parameters, user_id=user_id)
        pairs += [(one.dimension, one.values) for one in conditions.all]
    except InvalidRow as refused:
        errors |= refused.errors
    of_lines = {name: parameters[name] for name in (PRODUCT, CURRENCY) if name in parameters}
    for name, given in of_lines.items():
        if any("\x00" in value for value in given):
            errors[name] = [_("Unknown.")]
        else:
            pairs.append((name, product_ids(workspace, given) if name == PRODUCT else given))
    group_by, rates_on = None, None
    if word := _last(parameters, GROUP_BY):
        known = {one.parameter: one.key for one in dimensions_of(workspace).values()}
        group_by = known.get(word)
        if group_by is None:
            errors[GROUP_BY] = [_("One of: %(names)s.") % {"names": ", ".join(known)}]
    if word := _last(parameters, RATES_ON):
        try:
            rates_on = dt.date.fromisoformat(word) if len(word) == 10 else None
        except ValueError:
            rates_on = None
        if rates_on is None:
            errors[RATES_ON] = [_("A date is written 2025-03-31.")]
    if errors:
        raise InvalidRow(errors)
    return Slice.of(pairs, group_by=group_by, rates_on=rates_on)


def conditions_now(chosen: Slice) -> Conditions:
    """What a slice asks of accounts, as a condition on what they are now."""
    return Conditions(tuple(Condition(one.key, values) for one, values in chosen.account_conditions()))


def _last(parameters: Mapping[str, Sequence[str]], name: str) -> str:
    given = parameters.get(name) or [""]
    return given[-1]
