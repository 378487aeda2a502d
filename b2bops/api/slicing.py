"""Parameters and shapes that every endpoint over figures shares once it can be asked for a part of the book."""

from django.utils.translation import gettext as _

from b2bops.api import columns as c
from b2bops.api.errors import invalid
from b2bops.api.openapi import query
from metrics.errors import MissingRate
from metrics.places import BadPlace, read_place
from metrics.slices.dimensions import DIMENSIONS
from metrics.slices.queries import COMPARISONS, DEFAULT_GROUPS, MOST_GROUPS, Grouped
from metrics.slices.reading import is_slicing, read_slice
from metrics.slices.slice import Slice

COMPARE, LIMIT_GROUPS = "compare", "limit_groups"
CHANGED_HANDS = ("entering", "leaving")

GROUP = {
    "type": "object",
    "required": ["value", "label", "kind"],
    "properties": {
        "value": {"type": ["string", "null"]},
        "label": {"type": "string"},
        "kind": {"type": "string", "enum": ["value", "none", "other"]},
    },
}
FILTERS = [
    query(
        one.parameter,
        {"type": "array", "items": {"type": "string"}},
        f"{one.key.capitalize()} of the {'lines' if one.is_of_line else 'account on the day'}; repeated: any of them. "
        + ("" if one.is_of_line else "Empty: none."),
    )
    for one in DIMENSIONS.values()
]
SLICING = [
    query("group_by", {"type": "string"}, "One row a group: a dimension's name, or `custom.KEY` for a custom field."),
    query("segment", {"type": "string"}, "The id of a saved filter."),
    query(
        "team",
        {"type": "array", "items": {"type": "string"}},
        "The id or name of a team: owners on the day who serve in it today; repeated: any of them.",
    ),
    *FILTERS,
    query("rates_on", c.DATE, "Convert everything at the rates of this day."),
]
COMPARING = [
    query(
        COMPARE,
        {"type": "string", "enum": list(COMPARISONS)},
        "Each row also has `compared`: the same of the period before, or of a year before; null when there is none.",
    )
]
LIMITING = [
    query(
        LIMIT_GROUPS,
        {"type": "integer", "minimum": 1, "maximum": MOST_GROUPS, "default": DEFAULT_GROUPS},
        "The groups past the largest ones come together as one of kind `other`.",
    )
]


def is_sliced(request) -> bool:
    """Whether anything of this module was asked for; without it answers keep their plain shape."""
    return any(name in (COMPARE, LIMIT_GROUPS) or is_slicing(name) for name in request.GET)


def slice_of(request) -> Slice:
    """Raises InvalidRow, which answers 400 by parameter."""
    return read_slice(request.workspace, dict(request.GET.lists()), user_id=request.actor.user_id)


def limit_groups_of(request) -> int:
    word = request.GET.get(LIMIT_GROUPS, str(DEFAULT_GROUPS))
    if word.isascii() and word.isdecimal() and len(word) <= 3 and 1 <= int(word) <= MOST_GROUPS:
        return int(word)
    raise invalid({LIMIT_GROUPS: [_("A whole number from 1 to %(most)s.") % {"most": MOST_GROUPS}]})


def place_in(request, name: str) -> tuple | None:
    """Where a page of worked out rows goes on; None for the first page. Raises ApiError (400)."""
    if "cursor" not in request.GET:
        return None
    try:
        return read_place(name, request.GET["cursor"])
    except BadPlace:
        raise invalid({"cursor": [_("This cursor is not one of this list.")]}) from None


def missing_rate(error: MissingRate):
    message = _("There is no exchange rate for %(currency)s on or before %(day)s.")
    return invalid({"rates_on": [message % {"currency": error.currency, "day": error.day}]})


def grouped_rows(found: Grouped, names) -> list[dict]:
    """Rows with the keys `names`, their group and what they are compared with."""
    rows = []
    for row in found.rows:
        shown = {name: row[name] for name in names}
        if "group" in row:
            shown["group"] = row["group"].as_dict()
        if "compared" in row:
            shown["compared"] = row["compared"]
        rows.append(shown)
    return rows


def sliced_table(found: Grouped, keys, currency: str) -> dict:
    return {
        "currency": currency,
        "rows": grouped_rows(found, ("period", "closed", *keys)),
        "is_overlapping": found.is_overlapping,
        "unavailable": found.unavailable,
    }


# What a sliced answer has beyond the plain one, for the document.
SLICED_ROW = {"group": GROUP, "compared": {"type": ["object", "null"]}}
SLICED_TABLE = {
    "is_overlapping": {"type": "boolean", "description": "Groups share accounts and do not add up to the whole."},
    "unavailable": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": "Metric → why it cannot be told for this slice; its values are null.",
    },
}
