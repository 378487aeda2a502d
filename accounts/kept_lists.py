"""The lists of this app whose looks can be kept under names."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.conditions import SEGMENT
from accounts.queries import visible_filters
from workspaces import where
from workspaces.kept_lists import KeptList
from workspaces.where import WHERE


def _names_own_filter(workspace, state: Mapping[str, str]) -> Any:
    """A saved filter that others may not choose narrows nothing for them: they would see more than the view says."""
    try:
        groups = where.read(state.get(WHERE, ""))
    except where.TooLong:
        return ""  # of it the list understands nothing, whoever asks
    clauses = [clause for group in groups for clause in group if clause.field == SEGMENT]
    asked = {state[SEGMENT]} if state.get(SEGMENT) else set()
    asked |= {value for clause in clauses for value in clause.values}
    if not asked or asked <= {str(one.pk) for one in visible_filters(workspace, None)}:
        return ""
    return _("It is narrowed by a saved filter that only you may choose. Share that first.")


ACCOUNTS = KeptList("accounts", "accounts:account_list", _("All accounts"), _names_own_filter)
CONTACTS = KeptList("contacts", "accounts:contact_list", _("All contacts"))
CONTRACTS = KeptList("contracts", "accounts:contract_list", _("All contracts"))
TASKS = KeptList("tasks", "accounts:task_list", _("Tasks"))
PRODUCTS = KeptList("products", "accounts:product_list", _("All products"))
FX_RATES = KeptList("fx-rates", "accounts:fx_rate_list", _("All rates"))
