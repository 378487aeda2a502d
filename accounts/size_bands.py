"""How large a customer is, in bands of its number of employees."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class SizeBand:
    """`first` to `last` employees, both included; the last band has no end. key: its name in addresses and files."""

    key: str
    label: object
    first: int
    last: int | None

    def holds(self, employees: int) -> bool:
        return self.first <= employees and (self.last is None or employees <= self.last)


SIZE_BANDS = (
    SizeBand("1-19", _("1–19"), 1, 19),
    SizeBand("20-99", _("20–99"), 20, 99),
    SizeBand("100-499", _("100–499"), 100, 499),
    SizeBand("500-1999", _("500–1,999"), 500, 1999),
    SizeBand("2000+", _("2,000+"), 2000, None),
)
BY_KEY = {band.key: band for band in SIZE_BANDS}


def size_band(employees: int | None) -> str:
    """The key of the band that holds `employees`, "" when there are none or it is not known."""
    if employees is None:
        return ""
    return next((band.key for band in SIZE_BANDS if band.holds(employees)), "")


def size_band_sql(column: str) -> str:
    """`size_band` as an SQL expression over `column`, which must be a name from code and never what somebody typed."""
    cases = " ".join(f"when {column} >= {band.first} then '{band.key}'" for band in reversed(SIZE_BANDS))
    return f"(case {cases} else '' end)"
