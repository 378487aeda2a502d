"""What accounts are grouped and filtered by, and how each stands in the database and in an address."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# Dimensions that are a column of text on the account; a person's is the membership's id.
TEXT_COLUMNS = {"industry": "industry", "region": "region", "channel": "channel", "owner": "owner_id"}
OWNER, SIZE, TAG = "owner", "size", "tag"
LABELS: dict[str, Any] = {
    "industry": _("Industry"),
    "region": _("Region"),
    SIZE: _("Size"),
    OWNER: _("Owner"),
    "channel": _("Channel of origin"),
    TAG: _("Tag"),
}
CUSTOM, CUSTOM_PARAMETER = "custom:", "custom."


def custom_dimension(key: str) -> str:
    """The dimension of the custom field `key`."""
    return CUSTOM + key


def custom_key(dimension: str) -> str | None:
    """The key of the custom field that `dimension` is of, None when it is another one."""
    return dimension.removeprefix(CUSTOM) if dimension.startswith(CUSTOM) else None


def parameter_of(dimension: str) -> str:
    """How `dimension` is called in an address: custom.plan for custom:plan."""
    return dimension.replace(CUSTOM, CUSTOM_PARAMETER, 1) if dimension.startswith(CUSTOM) else dimension


def dimension_of(parameter: str) -> str | None:
    """The dimension that a parameter of an address asks for, None for a parameter that is something else."""
    if parameter.startswith((CUSTOM_PARAMETER, CUSTOM)) and len(parameter) > len(CUSTOM):
        return custom_dimension(parameter[len(CUSTOM) :])
    return parameter if parameter in LABELS else None
