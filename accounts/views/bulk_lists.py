"""What the lists of accounts, contacts, contracts and tasks offer for the rows that are picked from them."""

from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import kept_lists, list_files
from accounts.actions import bulk_kinds
from accounts.views.account import shown_accounts
from accounts.views.bulk_edits import BulkEdits, Words
from accounts.views.contact import shown_contacts
from accounts.views.contract import shown_contracts
from accounts.views.task_list import shown_tasks

ACCOUNTS = BulkEdits(
    bulk_kinds.ACCOUNTS,
    kept_lists.ACCOUNTS,
    shown_accounts,
    list_files.accounts,
    Words(
        gettext_lazy("Pick accounts first."),
        gettext_lazy("More than %(count)s accounts match. Narrow the list first."),
        ngettext_lazy("%(count)s account changed.", "%(count)s accounts changed.", "n"),
        ngettext_lazy("%(count)s account is as it was.", "%(count)s accounts are as they were.", "n"),
        {
            "archive": ngettext_lazy("%(count)s account archived.", "%(count)s accounts archived.", "n"),
            "restore": ngettext_lazy("%(count)s account brought back.", "%(count)s accounts brought back.", "n"),
        },
    ),
    "accounts:account_edits",
    "accounts:account_edits_undo",
    "accounts:account_list",
    typed={"add_tag": "tag"},
)
CONTACTS = BulkEdits(
    bulk_kinds.CONTACTS,
    kept_lists.CONTACTS,
    shown_contacts,
    lambda _workspace: list_files.CONTACTS,
    Words(
        gettext_lazy("Pick contacts first."),
        gettext_lazy("More than %(count)s contacts match. Narrow the list first."),
        ngettext_lazy("%(count)s contact changed.", "%(count)s contacts changed.", "n"),
        ngettext_lazy("%(count)s contact is as it was.", "%(count)s contacts are as they were.", "n"),
    ),
    "accounts:contact_edits",
    "accounts:contact_edits_undo",
    "accounts:contact_list",
)
CONTRACTS = BulkEdits(
    bulk_kinds.CONTRACTS,
    kept_lists.CONTRACTS,
    shown_contracts,
    lambda _workspace: list_files.CONTRACTS_FILE,
    Words(
        gettext_lazy("Pick contracts first."),
        gettext_lazy("More than %(count)s contracts match. Narrow the list first."),
        ngettext_lazy("%(count)s contract changed.", "%(count)s contracts changed.", "n"),
        ngettext_lazy("%(count)s contract is as it was.", "%(count)s contracts are as they were.", "n"),
    ),
    "accounts:contract_edits",
    "accounts:contract_edits_undo",
    "accounts:contract_list",
)
TASKS = BulkEdits(
    bulk_kinds.TASKS,
    kept_lists.TASKS,
    shown_tasks,
    lambda _workspace: list_files.TASKS,
    Words(
        gettext_lazy("Pick tasks first."),
        gettext_lazy("More than %(count)s tasks match. Narrow the list first."),
        ngettext_lazy("%(count)s task changed.", "%(count)s tasks changed.", "n"),
        ngettext_lazy("%(count)s task is as it was.", "%(count)s tasks are as they were.", "n"),
        {
            "done": ngettext_lazy("%(count)s task done.", "%(count)s tasks done.", "n"),
            "reopen": ngettext_lazy("%(count)s task open again.", "%(count)s tasks open again.", "n"),
        },
    ),
    "accounts:task_edits",
    "accounts:task_edits_undo",
    "accounts:task_list",
    typed={"due_on": "due_on"},
)
