"""What people are told of, kind by kind, in words that are found when it is read, in the reader's own language."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workspaces import roles
from workspaces.formats import DASH, number
from workspaces.models import Notification, Way
from workspaces.trail import page_of


@dataclass(frozen=True)
class Told:
    """What a notification is about, as its words need it."""

    who: str
    label: str
    details: dict[str, Any]

    @property
    def count(self) -> int:
        return self.details.get("count", 1)

    @property
    def words(self) -> dict[str, Any]:
        return {"who": self.who, "label": self.label or DASH, "count": number(self.count)}


def _nothing(told: Told) -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """text: one line; note: a second one, "" for none. permission: who may be told at all. usual: how, unless they chose
    otherwise. tells_doer: also whoever did it, for work that goes on without them. merges: what the same person does of
    the kind within minutes is one thing.
    """

    key: str
    label: Any
    icon: str
    text: Callable[[Told], str]
    note: Callable[[Told], str] = _nothing
    permission: str = roles.VIEW
    usual: Way = Way.PAGE
    tells_doer: bool = False
    merges: bool = False


def _assigned(told: Told) -> str:
    if told.count > 1:
        return ngettext(
            "%(who)s gave you %(count)s task", "%(who)s gave you %(count)s tasks", told.count
        ) % told.words  # fmt: skip
    return _("%(who)s gave you a task: %(label)s") % told.words


def _handed_over(told: Told) -> str:
    if told.count > 1:
        return ngettext(
            "%(who)s handed %(count)s account over to you", "%(who)s handed %(count)s accounts over to you", told.count
        ) % told.words  # fmt: skip
    return _("%(who)s handed %(label)s over to you") % told.words


def _mentioned(told: Told) -> str:
    return _("%(who)s mentioned you: %(label)s") % told.words


IMPORT_ENDS = {
    "done": gettext_lazy("%(label)s is imported"),
    "checked": gettext_lazy("%(label)s is checked; confirm the import or discard it"),
    "undo_checked": gettext_lazy("What undoing %(label)s would do is known; confirm it or leave it"),
    "undone": gettext_lazy("The import of %(label)s is undone"),
    "failed": gettext_lazy("The import of %(label)s stopped"),
}
COUNTS = {
    "created": gettext_lazy("%(count)s created"),
    "updated": gettext_lazy("%(count)s updated"),
    "errors": gettext_lazy("%(count)s rows with errors"),
}


def _import_ended(told: Told) -> str:
    return str(IMPORT_ENDS.get(told.details.get("outcome", ""), IMPORT_ENDS["done"])) % told.words


def _import_counts(told: Told) -> str:
    if told.details.get("error"):
        return _error(told)
    counts = told.details.get("counts", {})
    shown = [str(words) % {"count": number(counts[key])} for key, words in COUNTS.items() if counts.get(key)]
    return " · ".join(shown)


def _export_ended(told: Told) -> str:
    if told.details.get("outcome") == "failed":
        return _("The file %(label)s could not be made") % told.words
    return _("The file %(label)s is ready") % told.words


def _closing_failed(told: Told) -> str:
    return _("Closing the days failed; the figures shown are the last good ones")


def _error(told: Told) -> str:
    """The error of a run in words: its message was marked for translation, its details fill it."""
    error = told.details.get("error") or {}
    return _(error["message"]) % error if error.get("message") else ""


def _webhook_disabled(told: Told) -> str:
    return _("The webhook %(label)s was disabled") % told.words


def _reason(told: Told) -> str:
    reason = told.details.get("reason", "")
    return _(reason) if reason else ""


def _member_joined(told: Told) -> str:
    return _("%(label)s joined the workspace") % told.words


def _role(told: Told) -> str:
    role = roles.ROLES.get(told.details.get("role", ""))
    return str(role.label) if role else ""


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("assigned", gettext_lazy("A task is given to me"), "list-checks", _assigned, merges=True),
        Kind("mentioned", gettext_lazy("Somebody mentions me"), "message-square", _mentioned),
        Kind("handed_over", gettext_lazy("Accounts are handed over to me"), "building-2", _handed_over, merges=True),
        Kind(
            "import_ended",
            gettext_lazy("My import is finished, has stopped or waits for my decision"),
            "upload",
            _import_ended,
            _import_counts,
            permission=roles.IMPORT_FILES,
            tells_doer=True,
        ),
        Kind(
            "export_ready",
            gettext_lazy("A file that I asked for is ready"),
            "download",
            _export_ended,
            permission=roles.EXPORT,
            tells_doer=True,
        ),
        Kind(
            "closing_failed",
            gettext_lazy("Closing the days fails"),
            "calendar-check",
            _closing_failed,
            _error,
            permission=roles.CLOSE_DAYS,
            tells_doer=True,
        ),
        Kind(
            "webhook_disabled",
            gettext_lazy("A webhook is disabled because its receiver does not answer"),
            "webhook",
            _webhook_disabled,
            _reason,
            permission=roles.MANAGE_WEBHOOKS,
            usual=Way.MAIL,
            tells_doer=True,
        ),
        Kind(
            "member_joined",
            gettext_lazy("Somebody joins the workspace"),
            "user-plus",
            _member_joined,
            _role,
            permission=roles.MANAGE_MEMBERS,
        ),
    )
}
# Where several things lead to, and things that the trail does not lead to.
LISTS = {"task": "accounts:task_list", "account": "accounts:account_list"}
PAGES = {"run": "metrics:closing_page", "data_export": "data:data_export"}


@dataclass(frozen=True)
class Shown:
    """A notification as the page shows it."""

    pk: int
    text: str
    note: str
    icon: str
    at: Any
    is_read: bool
    row: Notification = field(repr=False)

    @classmethod
    def of(cls, row: Notification) -> "Shown":
        kind = KINDS.get(row.kind)
        told = Told(who_of(row), row.subject_label, row.details)
        return cls(
            pk=row.pk,
            text=kind.text(told) if kind else row.subject_label,
            note=kind.note(told) if kind else "",
            icon=kind.icon if kind else "bell",
            at=row.created_at,
            is_read=row.read_at is not None,
            row=row,
        )


def who_of(row: Notification) -> str:
    return str(row.user) if row.user is not None else row.actor


def address_of(row: Notification, slug: str) -> str:
    """The page that a notification leads to, "" when there is none any more."""
    name = PAGES.get(row.subject_type) if row.subject_id else LISTS.get(row.subject_type)
    if name is None:
        return page_of(row.subject_type, row.subject_id, slug) if row.subject_id else ""
    try:
        url = reverse(name, args=[slug, row.subject_id] if row.subject_id else [slug])
    except NoReverseMatch:
        return ""
    return f"{url}?owner={row.member_id}" if name == LISTS["account"] else url


def unread_of_member() -> Coalesce:
    """How many notifications a membership has not read, to annotate it with."""
    unread = Notification.objects.filter(workspace=OuterRef("workspace"), member=OuterRef("pk"), read_at=None)
    count = unread.order_by().values("member").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count, output_field=BigIntegerField()), 0)
