"""Rows by what people type of their names, in characters or in pinyin. LIKE is not leakproof and cannot use an index under
row-level security; the `search_…` functions of the database carry the workspace test themselves and can.
"""

from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import Account
from workspaces.list_totals import COUNT_UP_TO
from workspaces.lists import Searched
from workspaces.pinyin import readings, spellings_of

# Ids that may travel through the application on their way from one query to the next.
FEW = 1_000
# The first of a wide search, in the order of names: more than any page shows.
FIRST = 201


def searched_accounts(queryset: QuerySet[Account], words: str) -> Searched:
    """Accounts with `words` in a name, the external id or the credit code, the first of them by name; one character or two
    letters begin the name.
    """
    if _is_short(words):
        return Searched.of(queryset.filter(_begun("search_accounts", words)))
    ids = _ids("first_accounts", words, FIRST)
    first = queryset.filter(pk__in=ids)
    if len(ids) < FIRST:
        return Searched.of(first)
    return Searched(
        queryset.filter(pk__in=_those_of("search_accounts", words)),
        first=first,
        some=queryset.filter(pk__in=_those_of("search_accounts", words, COUNT_UP_TO + 1)),
    )


def named_contacts(queryset: QuerySet, words: str, *, most: int = FEW + 1) -> QuerySet:
    """Contacts with `words` in name, mobile, mail or WeChat; of more than `most` only so many."""
    return queryset.filter(_named("search_contacts", words, most))


def matching_contacts(queryset: QuerySet, words: str) -> QuerySet:
    """Contacts with `words` in name, mobile, mail or WeChat, or in their account's names."""
    return queryset.filter(_named("search_contacts", words) | _about_account(words))


def numbered_contracts(queryset: QuerySet, words: str, *, most: int = FEW + 1) -> QuerySet:
    """Contracts with `words` in number or external id; of more than `most` only so many."""
    return queryset.filter(_numbered(words, most))


def matching_contracts(queryset: QuerySet, words: str) -> QuerySet:
    """Contracts with `words` in number or external id, or in their account's names."""
    return queryset.filter(_numbered(words) | _about_account(words))


def of_named_accounts(queryset: QuerySet, words: str) -> QuerySet:
    """Rows whose account has `words` in its names; they have it as `account`."""
    return queryset.filter(_about_account(words))


def matching_tasks(queryset: QuerySet, words: str) -> QuerySet:
    """Tasks with `words` in their title, or in their account's names."""
    return queryset.filter(Q(title__icontains=words) | _about_account(words))


def _about_account(words: str) -> Q:
    """Rows of the accounts that match."""
    if _is_short(words):
        return _begun("search_accounts", words, "account__sort_name", "account_id")
    return _found("search_accounts", words, "account_id")


def _named(function: str, words: str, most: int = FEW + 1) -> Q:
    """Rows that a search function names; one character or two letters begin the name. Exact if `most` is not below FEW."""
    if _is_short(words):
        return _begun(function, words)
    return Q(pk__in=_ids(function, words, most)) if most < FEW else _found(function, words)


def _numbered(words: str, most: int = FEW + 1) -> Q:
    """Contracts that the search function names, likewise; their numbers are not spelled."""
    if _is_short(words):
        return _begins("number", words)
    return _named("search_contracts", words, most)


def _is_short(words: str) -> bool:
    """Whether the search index has nothing for `words`: fewer than three letters, of which those beyond ASCII count
    twice (see migration 0004).
    """
    return len(words) + sum(not letter.isascii() for letter in words) < 3


def _begun(function: str, words: str, field: str = "sort_name", key: str = "pk") -> Q:
    """Rows whose name begins with `words`, in characters, in pinyin or with these initials."""
    starts = words.lower()
    matches = Q()
    for start in [starts, *(f"{reading} {starts}" for reading in readings(starts))]:
        matches |= _between(field, start)
    # One letter is that of the key; two of Chinese names are found where their spelling begins.
    if len(words) == 2 and words.isascii() and words.isalnum():
        matches |= _found(function, f"^{starts}", key)
    return matches


def _begins(field: str, words: str) -> Q:
    """Rows whose `field` begins with `words`, small or large."""
    matches = Q()
    for start in {words, words.lower(), words.upper(), words.capitalize()}:
        matches |= _between(field, start)
    return matches


def _between(field: str, start: str) -> Q:
    """Rows whose `field` begins so. As a range, which an index serves under row security."""
    return Q(**{f"{field}__gte": start, f"{field}__lt": start[:-1] + _letter_after(start[-1])})


def _letter_after(letter: str) -> str:
    code = min(ord(letter) + 1, 0x10FFFF)
    return chr(0xE000 if 0xD800 <= code <= 0xDFFF else code)  # surrogates are no letters


def _found(function: str, words: str, key: str = "pk") -> Q:
    """Rows whose `key` a search function names. Asked first, because a list needs the answer twice; only wide answers
    stay in the database.
    """
    ids = _ids(function, words, FEW + 1)
    return Q(**{f"{key}__in": ids if len(ids) <= FEW else _those_of(function, words)})


def _ids(function: str, words: str, most: int) -> list[UUID]:
    call, params = _call(function, words, most)
    with connection.cursor() as cursor:
        cursor.execute(call, params)
        return [row[0] for row in cursor.fetchall()]


def _those_of(function: str, words: str, most: int | None = None) -> RawSQL:
    """The ids that a search function names, asked within the statement; all of them without `most`."""
    return RawSQL(*_call(function, words, most))  # noqa: S611 - names from code


def _call(function: str, words: str, most: int | None) -> tuple[str, list]:
    if function == "search_contracts":
        return f"select {function}(%s, %s)", [words, most]
    patterns = [f"%{spelled}%" for spelled in spellings_of(words)]
    return f"select {function}(%s, %s::text[], %s)", [words, patterns, most]
