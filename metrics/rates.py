"""Exchange rates in force on a day, for reads that convert what no closing has converted yet."""

import datetime as dt
from decimal import Decimal

from accounts.models import FxRate


def rates_on(workspace, day: dt.date) -> dict[str, Decimal]:
    """Base units for one unit of each currency that has a rate on or before `day`; the base currency's is 1."""
    rows = FxRate.objects.filter(workspace=workspace, date__lte=day).standing()
    latest = rows.order_by("currency", "-date").distinct("currency").values_list("currency", "rate")
    # The base currency's is 1 by definition, whatever was entered for it.
    return dict(latest) | {workspace.base_currency: Decimal(1)}
