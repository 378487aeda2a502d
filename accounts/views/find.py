"""What the palette finds: accounts, contacts, contracts, colleagues, settings and things to make, by a part of the name."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import queries
from accounts.dimensions import OWNER
from accounts.search import named_contacts, numbered_contracts, searched_accounts
from workspaces import formats, roles
from workspaces.lists import searched_words
from workspaces.pinyin import is_spelled_as, is_typed_as
from workspaces.queries import colleagues
from workspaces.settings_pages import settings_pages

# As many of each kind are shown: who sees more types on.
EACH = 5


@dataclass(frozen=True)
class Found:
    """One entry. about: what tells it from another of that name; kind: the kind of thing; icon: its name in the sprite."""

    name: str
    about: str
    kind: str
    href: str
    icon: str


@never_cache
@require_GET
def find(request, slug):
    """{"found": [{name, about, kind, href, icon}]} for `?q=`, in the order in which they are shown."""
    words = searched_words(request.GET)
    found = []
    if words:
        for part in (_accounts, _contacts, _contracts, _members, _settings, _new):
            found += [asdict(one) for one in part(request, words)]
    return JsonResponse({"found": found})


def _to(request, name: str, *args) -> str:
    return reverse(name, args=[request.workspace.slug, *args])


def _accounts(request, words: str) -> Iterator[Found]:
    accounts = searched_accounts(queries.standing_accounts(request.workspace), words).first
    for account in accounts.order_by("sort_name", "pk")[:EACH]:
        mrr = formats.money(account.mrr, request.workspace.base_currency, places=0) if account.mrr_cents else ""
        yield Found(account.name, mrr, _("Account"), _to(request, "accounts:account_page", account.pk), "building-2")


def _contacts(request, words: str) -> Iterator[Found]:
    contacts = named_contacts(queries.standing_contacts(request.workspace), words, most=EACH)
    for contact in contacts.order_by("sort_name", "pk")[:EACH]:
        href = _to(request, "accounts:contact_page", contact.pk)
        yield Found(contact.name, contact.account.name, _("Contact"), href, "user-round")


def _contracts(request, words: str) -> Iterator[Found]:
    contracts = numbered_contracts(queries.standing_contracts(request.workspace), words, most=EACH)
    for contract in contracts.prefetch_related(None).order_by("number", "pk")[:EACH]:
        name = contract.called
        href = _to(request, "accounts:contract_page", contract.pk)
        yield Found(name, contract.account.name, _("Contract"), href, "file-text")


def _members(request, words: str) -> Iterator[Found]:
    """Colleagues, by whose accounts one goes on."""
    members = [
        member
        for member in colleagues(request.workspace)
        if _holds(f"{member} {member.user.email}", words) or is_typed_as(str(member), words)
    ]
    for member in members[:EACH]:
        href = f"{_to(request, 'accounts:account_list')}?{urlencode({OWNER: member.pk})}"
        yield Found(str(member), _("their accounts"), _("Member"), href, "users-round")


def _settings(request, words: str) -> Iterator[Found]:
    for page in settings_pages(request):
        if _holds(f"{_('Settings')} {page['label']}", words) or is_spelled_as(page["label"], words):
            yield Found(page["label"], "", _("Settings"), page["href"], "settings")


def _new(request, words: str) -> Iterator[Found]:
    things = [
        (_("New account"), "accounts:account_new", roles.EDIT_FACTS),
        (_("New contract"), "accounts:contract_new", roles.EDIT_FACTS),
        (_("New contact"), "accounts:contact_new", roles.EDIT_FACTS),
        (_("New task"), "accounts:task_new", roles.EDIT_FACTS),
        (_("Import a file"), "jobs:import_new", roles.IMPORT_FILES),
    ]
    for label, name, permission in things:
        if request.actor.has_permission(permission) and (_holds(label, words) or is_spelled_as(label, words)):
            yield Found(label, "", _("Make"), _to(request, name), "plus")


def _holds(text: str, words: str) -> bool:
    """Whether every one of the words stands in the text."""
    text = text.casefold()
    return all(word in text for word in words.casefold().split())
