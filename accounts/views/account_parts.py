"""The parts of an account's page that come again by themselves when something is written there."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import queries
from accounts.account_timeline import SHOWN, timeline_of
from accounts.committee import committee
from accounts.distance import distance
from accounts.list_filters import STANDINGS
from accounts.models import Account
from accounts.timeline import Entry
from accounts.views.committee import committee_context
from workspaces import formats
from workspaces.mentions import plain, shorten

TASKS_SHOWN = 50


def part_contexts(request, account: Account, contracts=None, *, show: str = "") -> dict:
    """What the head, the timeline, the committee, the tasks and the files of the page need. contracts: those that stand."""
    day = request.workspace.local_day(timezone.now())
    people = committee(account, day=day)
    tasks = list(queries.open_tasks_of(account)[:TASKS_SHOWN])
    return {
        "standing": STANDING_SHOWN[account.standing],
        "facts": _facts(account, request.workspace, day, tasks),
        "tasks": tasks,
        "today": day,
        "tag": _("Archived") if account.is_archived else _("Demo") if account.is_demo else "",
        "upload_url": reverse("accounts:account_files", args=[request.workspace.slug, account.pk]),
        "page_url": reverse("accounts:account_page", args=[request.workspace.slug, account.pk]),
        "files": list(queries.standing_attachments(request.workspace).filter(account=account)[: queries.MOST_FILES]),
        **committee_context(request, account, people),
        **timeline_context(request, account, people.contacts, contracts, show=show),
    }


def timeline_context(request, account: Account, contacts, contracts=None, *, show: str = "", cursor: str = "") -> dict:
    """show: a key of SHOWN; anything else shows everything. Raises BadCursor."""
    show = show if show in SHOWN else ""
    contracts = list(account.contracts.standing()) if contracts is None else contracts
    page = timeline_of(account, contacts, contracts, show=show, cursor=cursor)
    link_files(request, page.entries)
    url = reverse("accounts:account_timeline", args=[request.workspace.slug, account.pk])
    asked = urlencode({"before": page.older, **({"show": show} if show else {})})
    return {
        "timeline": page.entries,
        "older_url": f"{url}?{asked}" if page.older else "",
        "shows": [
            {"label": label, "href": f"{url}?show={key}" if key else url, "active": key == show}
            for key, label in [("", _("Everything")), *SHOWN.items()]
        ],
    }


def link_files(request, timeline: Iterable[Entry]) -> None:
    """Let the files of a timeline's entries lead to what they hold."""
    for entry in timeline:
        for file in entry.files:
            file.href = reverse("accounts:attachment_download", args=[request.workspace.slug, file.pk])


STANDING_SHOWN = {
    "paying": {"label": STANDINGS[0][1], "tone": "good"},
    "churned": {"label": STANDINGS[1][1], "tone": "risk"},
    "prospect": {"label": STANDINGS[2][1], "tone": ""},
}


def _facts(account: Account, workspace, day, tasks) -> list[dict]:
    language = get_language()
    mrr = account.mrr if account.customer_since else None
    facts = [
        {
            "label": _("MRR"),
            "value": formats.money(mrr, workspace.base_currency, places=0),
            "title": formats.money(mrr, workspace.base_currency) if mrr else "",
            # By its path: what moved is known to an app above this one.
            "note": import_string(settings.LATEST_MOVE)(account) if account.customer_since else "",
            "href": reverse("metrics:account_movements", args=[workspace.slug, account.pk])
            if account.customer_since
            else "",
        },
        {"label": _("Customer since"), "value": formats.day(account.customer_since, language)},
    ]
    if account.churned_on and not account.mrr_cents:
        facts.append({"label": _("Churned on"), "value": formats.day(account.churned_on, language)})
    else:
        facts.append(
            {
                "label": _("Renewal"),
                "value": formats.day(account.renewal_on, language),
                "note": distance(account.renewal_on, day),
            }
        )
    facts.append({"label": _("Owner"), "value": str(account.owner) if account.owner else formats.DASH})
    if step := _next_step(account, day, tasks):
        facts.append(step)
    return facts


def _next_step(account: Account, day, tasks) -> dict | None:
    """What is to be done first: the task that is due first, else what the latest talk agreed on that is not past."""
    title, on = (tasks[0].title, tasks[0].due_on) if tasks else ("", None)
    if not title:
        talk = queries.latest_agreement(account, day)
        if talk is None:
            return None
        title, on = plain(talk.next_step), talk.next_step_on
    return {"label": _("Next step"), "value": shorten(title, 60), "title": title, "note": distance(on, day)}
