"""Every write to this app's facts. All doors (pages, API, imports, commands, the demo) come through here."""

from accounts.actions.accounts import save_accounts
from accounts.actions.attachments import add_attachments, void_attachment
from accounts.actions.composing import compose_interaction
from accounts.actions.contacts import save_contacts
from accounts.actions.contracts import save_contracts
from accounts.actions.custom_fields import archive_custom_field, restore_custom_field, save_custom_fields
from accounts.actions.fx_rates import save_fx_rates
from accounts.actions.handover import hand_over_accounts
from accounts.actions.interactions import save_interactions
from accounts.actions.merging import keep_apart, merge_accounts, split_accounts
from accounts.actions.products import save_products
from accounts.actions.renewal_stages import move_renewal
from accounts.actions.renewals import decide_renewal
from accounts.actions.saved_filters import may_change, remove_saved_filter, save_own_filters, save_shared_filters
from accounts.actions.tasks import save_tasks
from accounts.actions.undoing import (
    take_back_accounts,
    take_back_contacts,
    take_back_contracts,
    take_back_fx_rates,
    take_back_products,
)
from accounts.actions.voids import (
    void_account,
    void_contact,
    void_contract,
    void_fx_rate,
    void_interaction,
    void_product,
    void_task,
)

__all__ = [
    "add_attachments",
    "archive_custom_field",
    "compose_interaction",
    "decide_renewal",
    "hand_over_accounts",
    "keep_apart",
    "may_change",
    "merge_accounts",
    "move_renewal",
    "remove_saved_filter",
    "restore_custom_field",
    "save_accounts",
    "save_contacts",
    "save_contracts",
    "save_custom_fields",
    "save_fx_rates",
    "save_interactions",
    "save_own_filters",
    "save_products",
    "save_shared_filters",
    "save_tasks",
    "split_accounts",
    "take_back_accounts",
    "take_back_contacts",
    "take_back_contracts",
    "take_back_fx_rates",
    "take_back_products",
    "void_account",
    "void_attachment",
    "void_contact",
    "void_contract",
    "void_fx_rate",
    "void_interaction",
    "void_product",
    "void_task",
]
