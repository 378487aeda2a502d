"""What figures can be grouped and filtered by. Pure.

Dimensions of an account say what it was on a day, by its dated traits. Dimensions of a line say which of its lines count.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.dimensions import CUSTOM, SIZE, TAG, custom_dimension
from accounts.size_bands import size_band_sql

PRODUCT, CURRENCY, OWNER, CHANNEL = "product", "currency", "owner", "channel"
# The value of those that have none, in conditions.
NONE = ""


@dataclass(frozen=True)
class Dimension:
    """key: its name in addresses and conditions, and of its changes. column: for an account's dimension the expression
    over accounts_account `a` for its one value as text, '' where it has none; for a line's over metrics_linespan `s`.
    """

    key: str
    name: Any
    column: str
    is_of_line: bool = False

    @classmethod
    def of_field(cls, key: str, name: str) -> "Dimension":
        """That of a custom field; the field's key travels as the parameter `of_dimension`."""
        return cls(custom_dimension(key), name, "coalesce(a.custom ->> %({of_dimension})s, '')")

    @property
    def is_overlapping(self) -> bool:
        """Whether an account can be in several groups at once, so that groups do not add up to the whole."""
        return self.key == TAG

    @property
    def parameter(self) -> str:
        """Its name in a query string."""
        return self.key.replace(CUSTOM, "custom.", 1) if self.key.startswith(CUSTOM) else self.key


_FIXED = (
    Dimension("industry", _("Industry"), "a.industry"),
    Dimension("region", _("Region"), "a.region"),
    Dimension(SIZE, _("Size"), size_band_sql("a.employees")),
    Dimension(OWNER, _("Owner"), "coalesce(a.owner_id::text, '')"),
    Dimension(TAG, _("Tag"), "a.tags"),
    Dimension(CHANNEL, _("Channel of origin"), "a.channel"),
    Dimension(PRODUCT, _("Product"), "s.product_id", is_of_line=True),
    Dimension(CURRENCY, _("Currency"), "s.currency", is_of_line=True),
)
DIMENSIONS = {dimension.key: dimension for dimension in _FIXED}


class UnknownDimension(KeyError):
    """No figures can be grouped or filtered by this."""


def dimension(key: str) -> Dimension:
    """The dimension `key`. Of custom fields any: which there are, and their names, `metrics.slices.labels` knows."""
    if key.startswith(CUSTOM) and len(key) > len(CUSTOM):
        return Dimension.of_field(key.removeprefix(CUSTOM), key.removeprefix(CUSTOM))
    try:
        return DIMENSIONS[key]
    except KeyError:
        raise UnknownDimension(key) from None
