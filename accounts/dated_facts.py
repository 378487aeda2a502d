"""What a timeline tells of facts with a day of their own: talks when they took place, contracts when they were signed."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import DateTimeField, F, Func, Prefetch, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Account, Attachment, Contract, Interaction
from accounts.models.fact import FactQuerySet
from accounts.timeline import KIND_ICONS, Entry, actor_of
from accounts.timeline_paging import Before
from workspaces import formats
from workspaces.mentions import current, members_named, shorten
from workspaces.models import Activity

# A timeline tells what was said; the interaction's own page says all of it.
LONGEST_BODY = 400
# What was entered so many days later is told to be.
LATE = dt.timedelta(days=7)


def end_of(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """Where a day without a time of day stands: above all that has its time on it.

    Where clocks go back at midnight its last hour is there twice, and the second one counts, as it does in the database.
    """
    return max(dt.datetime.combine(day, dt.time.max.replace(fold=fold), zone).astimezone(dt.UTC) for fold in (0, 1))


def _at(zone_name: str):
    """`happened_at`, else `end_of` the day, in the database."""
    last_moment = F("happened_on") + Value(dt.timedelta(days=1, microseconds=-1))
    end = Func(Value(zone_name), last_moment, function="timezone", output_field=DateTimeField())
    return Coalesce("happened_at", end)


def talks_told(workspace, talks: FactQuerySet, before: Before | None, most: int) -> list[Entry]:
    """Those of the talks that stand, with what was said and their files."""
    rows = talks.filter(workspace=workspace).standing()
    rows = rows.alias(at=_at(workspace.timezone)).select_related("author__user").order_by("-at", "-pk")
    files = Attachment.objects.defer("content").standing().order_by("created_at", "pk")
    rows = rows.prefetch_related(Prefetch("attachments", files, to_attr="files"))
    found = list((before.narrow(rows, "at") if before else rows)[:most])
    called = members_named(workspace, [text for talk in found for text in said(talk)])
    entered_by = _entered_by(workspace, [talk for talk in found if talk.author is None])
    return [
        Entry(
            icon=KIND_ICONS[talk.kind],
            text=_told(talk),
            at=talk.happened_at or end_of(talk.happened_on, workspace.zone),
            key=str(talk.pk),
            by=_with_entered(
                str(talk.author) if talk.author else entered_by.get(str(talk.pk), ""), talk, talk.happened_on, workspace
            ),
            on=None if talk.happened_at else talk.happened_on,
            body=_body(talk, called),
            talk=talk,
            files=talk.files,  # type: ignore[attr-defined]
        )
        for talk in found
    ]


def contracts_told(
    account: Account, contracts: Iterable[Contract], before: Before | None, most: int
) -> Sequence[Entry]:
    """The signing of those of an account's contracts whose day of signing is known."""
    workspace = account.workspace
    told = [
        Entry(
            icon="file-text",
            text=_("Contract %(subject)s signed") % {"subject": contract},
            at=end_of(contract.signed_on, workspace.zone),
            key=str(contract.pk),
            by=_with_entered("", contract, contract.signed_on, workspace),
            on=contract.signed_on,
            contract=contract,
        )
        for contract in contracts
        if contract.signed_on is not None
    ]
    told = [entry for entry in told if before is None or before.admits(entry.at, entry.key)]
    return sorted(told, key=lambda entry: (entry.at, entry.key), reverse=True)[:most]


def said(talk: Interaction) -> list[str]:
    """The texts of an interaction, in the order in which they are told."""
    return [text for text in (talk.need, talk.minutes, talk.feedback, talk.next_step) if text]


def _entered_by(workspace, talks: Sequence[Interaction]) -> dict[str, str]:
    """{id: who entered it, and how}."""
    if not talks:
        return {}
    trail = Activity.objects.filter(
        workspace=workspace, subject_type="interaction", subject_id__in=[str(talk.pk) for talk in talks], verb="created"
    )
    return {activity.subject_id: actor_of(activity) for activity in trail.select_related("user")}


def _with_entered(by: str, fact: Interaction | Contract, day: dt.date, workspace) -> str:
    """Who, and when it was entered if that was much later. Nobody entered the demo."""
    entered = workspace.local_day(fact.created_at)
    is_late = not fact.is_demo and entered - day >= LATE
    late = _("entered %(day)s") % {"day": formats.day(entered, get_language() or "")} if is_late else ""
    return " · ".join(filter(None, [by, late]))


def _told(talk: Interaction) -> str:
    """What kind of interaction it was, and about what."""
    kind = talk.get_kind_display()
    return _("%(kind)s: %(subject)s") % {"kind": kind, "subject": talk.subject} if talk.subject else kind


def _body(talk: Interaction, called) -> str:
    texts = [text for text in (talk.need, talk.minutes, talk.feedback) if text]
    due = formats.day(talk.next_step_on, get_language() or "") if talk.next_step_on else ""
    step = " · ".join(filter(None, [talk.next_step, due]))
    if step:
        texts.append(_("Next: %(step)s") % {"step": step})
    return shorten(current("\n".join(texts), called), LONGEST_BODY)
