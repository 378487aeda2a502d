"""Colleagues named in texts. A text keeps ``@[name](member:id)``, so that it still means the same person when names change;
people read and type ``@name``.
"""

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from workspaces.models import Membership

TOKEN = re.compile(r"@\[(?P<name>[^\[\]\n]{1,150})\]\(member:(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)")
# An @ within a mail address names nobody.
BEFORE = r"(?<![A-Za-z0-9._%+-])"


def token(name: str, pk: UUID | str) -> str:
    return f"@[{_bare(name)}](member:{pk})"


def _bare(name: str) -> str:
    return " ".join(name.translate(str.maketrans("[]", "()")).split())[:150] or "?"


def mentioned(texts: Iterable[str]) -> set[UUID]:
    """Ids of the memberships that texts name, known or not."""
    return {UUID(match["id"]) for text in texts for match in TOKEN.finditer(text)}


def members_named(workspace, texts: Iterable[str]) -> dict[UUID, str]:
    """{membership id: name} of those that texts name and the workspace has, also of those who left."""
    wanted = mentioned(texts)
    if not wanted:
        return {}
    members = Membership.objects.filter(workspace=workspace, pk__in=wanted).select_related("user")
    return {member.pk: str(member) for member in members}


def current(text: str, names: Mapping[UUID, str]) -> str:
    """The text with each person called as today."""
    return TOKEN.sub(lambda match: token(names.get(UUID(match["id"]), match["name"]), match["id"]), text)


def plain(text: str, names: Mapping[UUID, str] | None = None) -> str:
    """The text as people read it: ``@name``, as today where `names` says it, else as then."""
    known = names or {}
    return TOKEN.sub(lambda match: f"@{_bare(known.get(UUID(match['id']), match['name']))}", text)


def shorten(text: str, most: int) -> str:
    """At most so many characters and a "…", no mention cut in two."""
    if len(text) <= most:
        return text
    end = next((match.start() for match in TOKEN.finditer(text) if match.start() < most < match.end()), most)
    return f"{text[:end].rstrip()}…"


def from_typed(text: str, people: Mapping[str, UUID]) -> str:
    """Each ``@name`` of `people` as a token, the longest name first; everything else as it was."""
    called = {_bare(name): pk for name, pk in people.items()}
    if ("@" not in text and "＠" not in text) or not called:
        return text
    parts = []
    for name in sorted(called, key=len, reverse=True):
        # 王磊 ends where it ends; Ann does not begin Anna.
        ends = r"(?![A-Za-z0-9_])" if name[-1].isascii() and name[-1].isalnum() else ""
        parts.append(re.escape(name) + ends)
    typed = re.compile(f"{BEFORE}[@＠]({'|'.join(parts)})")
    return typed.sub(lambda match: token(match[1], called[match[1]]), text)


def people_by_name(members: Iterable[Membership], chosen: Iterable[str] = ()) -> dict[str, UUID]:
    """{name: id} of the members whose name is theirs alone; of several of one name the one whose id was chosen."""
    found: dict[str, list[UUID]] = {}
    for member in members:
        found.setdefault(_bare(str(member)), []).append(member.pk)
    wanted = set(chosen)
    people = {}
    for name, ids in found.items():
        picked = [pk for pk in ids if str(pk) in wanted]
        if len(picked) == 1 or len(ids) == 1:
            people[name] = (picked or ids)[0]
    return people
