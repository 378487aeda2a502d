"""My day: what wants the signed-in member today, a few rows of each kind, each with its way to all of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.next_steps import next_steps
from accounts.queries import standing_tasks
from accounts.search import searched_accounts
from jobs.models import Run
from jobs.queries import latest_runs, waiting_imports
from jobs.views.import_parts import status_of
from metrics import attention
from metrics.figures_state import FiguresState, figures_state
from metrics.models import UNSETTLED, Standing
from metrics.renewal_spec import HELD_BY
from metrics.renewals import owners_of, term_ends
from metrics.views.renewals import dress
from workspaces import formats, roles
from workspaces.amounts import amount_cell
from workspaces.list_columns import ListColumn
from workspaces.list_files import Column, ListFile
from workspaces.list_page import ListPage
from workspaces.lists import ListSpec
from workspaces.sorting import Sort

MOST = 10
MOST_IN_GRACE = 5
TASK_DAYS = 7
RENEWAL_DAYS = 90
EVERYBODY = "all"
# Why an account stands here, as the address says it: (heading, what the list of them says when there are none).
REASONS = {
    "silent": (gettext_lazy("Silent for 30 days"), gettext_lazy("Everybody who pays was spoken to within 30 days.")),
    "shrinking": (
        gettext_lazy("Shrank, or known to"),
        gettext_lazy("Nothing shrank in the last 30 days, and no end is known that is not made up for."),
    ),
    "one_contact": (
        gettext_lazy("One contact only"),
        gettext_lazy("No paying account hangs on a single person whom you know."),
    ),
}


def accounts_spec(currency: str) -> ListSpec:
    return ListSpec(
        sorts=(Sort("name", "sort_name"), Sort("mrr", "mrr_cents", down_first=True)),
        default="-mrr",
        columns=(
            ListColumn("why", gettext_lazy("Why"), text=lambda account: account.why),
            ListColumn(
                "mrr",
                gettext_lazy("MRR"),
                sort="mrr",
                text=lambda account: amount_cell(account.mrr, currency),
                is_number=True,
            ),
            ListColumn("owner", gettext_lazy("Owner"), text=lambda account: account.owner and str(account.owner.user)),
        ),
        search=searched_accounts,
        sums=("mrr_cents",),
    )


def accounts_file(reader: "Reader", why: str) -> ListFile:
    def whys(account: Any) -> str:
        return " · ".join(_whys(account, reader))

    return ListFile(
        REASONS[why][0],
        (
            Column(gettext_lazy("Account id"), lambda account: account.external_id),
            Column(gettext_lazy("Account"), lambda account: account.name),
            Column(gettext_lazy("Why"), whys),
            Column(gettext_lazy("MRR"), lambda account: account.mrr),
            Column(gettext_lazy("Owner"), lambda account: account.owner and str(account.owner.user)),
        ),
    )


@dataclass(frozen=True)
class Block:
    """A few rows of a kind: has_more says that the page at `url` has others."""

    rows: list[Any]
    has_more: bool
    url: str

    @classmethod
    def of(cls, rows: QuerySet, url: str, most: int = MOST) -> "Block":
        found = list(rows[: most + 1])
        return cls(found[:most], len(found) > most, url)

    @property
    def count(self) -> str:
        """How many there are, as far as they were looked at."""
        return f"{len(self.rows)}{'+' if self.has_more else ''}"


@dataclass(frozen=True)
class Reader:
    """Who reads, and whose things: owner is None when everybody's are shown."""

    workspace: Any
    owner: Any
    may_see_all: bool
    day: dt.date

    @classmethod
    def of(cls, request) -> "Reader":
        may_see_all = request.actor.has_permission(roles.VIEW_ACTIVITY)
        shows_all = may_see_all and request.GET.get("whose") == EVERYBODY
        day = request.workspace.local_day(timezone.now())
        return cls(request.workspace, None if shows_all else request.member, may_see_all, day)

    @property
    def beside(self) -> dict[str, str]:
        return {"whose": EVERYBODY} if self.owner is None else {}

    def url(self, name: str, **params: str) -> str:
        page = reverse(name, args=[self.workspace.slug])
        return f"{page}?{urlencode(params)}" if params else page

    def tabs(self, name: str, **params: str) -> list[dict]:
        """Mine and everybody's, for those who may see what everybody does."""
        if not self.may_see_all:
            return []
        return [
            {"label": _("Mine"), "href": self.url(name, **params), "active": self.owner is not None},
            {
                "label": _("Everybody's"),
                "href": self.url(name, **params, whose=EVERYBODY),
                "active": self.owner is None,
            },
        ]


@require_safe
def my_day(request, slug):
    """`whose=all` shows everybody's, to those who may see what everybody does."""
    reader, state = Reader.of(request), figures_state(request.workspace)
    context: dict[str, Any] = {
        "today": reader.day,
        "whose": "mine" if reader.owner else EVERYBODY,
        "tabs": reader.tabs("metrics:my_day"),
        "everybody_url": reader.url("metrics:my_day", whose=EVERYBODY) if reader.may_see_all else "",
        "state": state,
        "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
        "may_close": request.actor.has_permission(roles.CLOSE_DAYS),
        "tasks": _tasks(reader),
        "imports": _imports(reader, request.actor),
    }
    context["task_groups"] = _by_due(context["tasks"].rows, reader.day)
    if context["may_close"]:
        context["failed"] = _failed_closing(reader.workspace, state)
    if reader.owner and not attention.owns_any(reader.workspace, reader.owner):
        context["owns_none"] = True
    elif state.closed_through is not None:
        context["pending"] = _pending(reader, state.closed_through)
        context["renewals"] = _renewals(reader, state.closed_through)
        context["grace"] = _in_grace(reader, state.closed_through)
        context["reasons"] = [
            {
                "title": title,
                "none": none,
                "block": Block.of(
                    _accounts(reader, key, state.closed_through).order_by("-mrr_cents", "-pk"),
                    reader.url("metrics:day_accounts", why=key, **reader.beside),
                ),
            }
            for key, (title, none) in REASONS.items()
        ]
        for reason in context["reasons"]:
            _say_why(reason["block"].rows, reader)
    return render(request, "metrics/my_day.html", context)


@require_safe
def day_accounts(request, slug):
    """All accounts that stand on My day for one reason: `why`."""
    reader, closed = Reader.of(request), figures_state(request.workspace).closed_through
    why = request.GET.get("why") if request.GET.get("why") in REASONS else "silent"
    accounts = _accounts(reader, why, closed) if closed else attention.paying_accounts(reader.workspace).none()
    page = ListPage(request)
    spec = accounts_spec(reader.workspace.base_currency)
    page.show(spec, accounts, accounts_file(reader, why), beside={"why": why, **reader.beside})
    if page.answer is not None:
        return page.answer
    _say_why(page.list.rows, reader)
    totals = page.list.totals
    count = ngettext("%(count)s account", "%(count)s accounts", totals.count) % {"count": formats.number(totals.count)}
    return page.render(
        "metrics/day_accounts.html",
        {
            "rows": page.cells(),
            "placeholder": _("Search accounts"),
            "title": REASONS[why][0],
            "none": REASONS[why][1],
            "day_url": reader.url("metrics:my_day", **reader.beside),
            "tabs": [
                {
                    "label": title,
                    "href": reader.url("metrics:day_accounts", why=key, **reader.beside),
                    "active": key == why,
                }
                for key, (title, _none) in REASONS.items()
            ],
            "summary": _("More than %(count)s") % {"count": count} if totals.is_capped else count,
        },
    )


def _tasks(reader: Reader) -> Block:
    tasks = standing_tasks(reader.workspace).open().filter(due_on__lte=reader.day + dt.timedelta(days=TASK_DAYS))
    if reader.owner:
        tasks = tasks.assigned_to(reader.owner)
    url = reader.url("accounts:task_list", view="mine" if reader.owner else "open")
    return Block.of(tasks.order_by("due_on", "pk"), url)


def _by_due(tasks: Iterable[Any], day: dt.date) -> list[tuple[str, list[Any]]]:
    """Overdue, today and later, those that have any."""
    groups: dict[str, list[Any]] = {_("Overdue"): [], _("Today"): [], _("Next 7 days"): []}
    late, today, soon = groups.values()
    for task in tasks:
        (late if task.due_on < day else today if task.due_on == day else soon).append(task)
    return [(label, found) for label, found in groups.items() if found]


def _imports(reader: Reader, actor) -> Block | None:
    if not actor.has_permission(roles.IMPORT_FILES):
        return None
    jobs = waiting_imports(reader.workspace)
    if reader.owner:
        jobs = jobs.filter(user=actor.user_id)
    block = Block.of(jobs, reader.url("jobs:import_list"))
    for job in block.rows:
        job.status = status_of(job)
    return block


def _failed_closing(workspace, state: FiguresState) -> dict | None:
    """What the last closing stopped at and where to mend it, while nothing newer is at it."""
    newest = next(iter(latest_runs(workspace, "closing", most=1)), None)
    if newest is not None and newest.state == Run.FAILED:
        url = reverse("metrics:closing_page", args=[workspace.slug, newest.pk])
        return {"text": newest.error_text, "url": url}
    if state.failure is not None and not state.is_closing:
        return {
            "text": _("The figures shown are the last good ones."),
            "url": reverse("metrics:closing_list", args=[workspace.slug]),
        }
    return None


def _renewals(reader: Reader, closed: dt.date) -> Block:
    last = reader.day + dt.timedelta(days=RENEWAL_DAYS)
    rows = term_ends(reader.workspace, closed=closed).filter(day__range=(reader.day, last))
    return _terms(reader, rows, {"from": reader.day.isoformat(), "to": last.isoformat()}, most=MOST)


def _in_grace(reader: Reader, closed: dt.date) -> Block:
    """Those whose term is over and whose grace is not: they count until somebody signs, or until it ends."""
    rows = term_ends(reader.workspace, closed=closed).filter(
        day__lt=reader.day, grace_ends_on__gte=reader.day, standing__in=UNSETTLED
    )
    return _terms(reader, rows, {"standing": Standing.OPEN.value}, most=MOST_IN_GRACE)


def _terms(reader: Reader, rows: QuerySet, params: dict[str, str], *, most: int) -> Block:
    if reader.owner:
        rows = rows.filter(account__owner=reader.owner)
        params[HELD_BY] = str(reader.owner.pk)
    rows = rows.select_related("account", "contract").order_by("day", F("worth").desc(nulls_last=True), "contract_id")
    block = Block.of(rows, reader.url("metrics:renewal_list", **params), most)
    owners = {} if reader.owner or not block.rows else dict(owners_of(reader.workspace))
    steps = next_steps(reader.workspace, {row.account_id for row in block.rows})
    for row in block.rows:
        dress(row, owners)
        row.next_step = steps.get(row.account_id)
    return block


def _pending(reader: Reader, closed: dt.date) -> str:
    """What the next closing will add, in words; "" when nothing is known to move."""
    found = attention.pending(reader.workspace, closed=closed, day=reader.day, owner=reader.owner)
    parts = []
    if found.begins or found.ends:
        moves = []
        if found.begins:
            words = ngettext("%(count)s contract begins", "%(count)s contracts begin", found.begins)
            moves.append(words % {"count": formats.number(found.begins)})
        if found.ends:
            words = ngettext("%(count)s contract ends", "%(count)s contracts end", found.ends)
            moves.append(words % {"count": formats.number(found.ends)})
        amount = formats.money(found.amount, reader.workspace.base_currency, plus=True)
        parts.append(_("Next closing: %(amount)s MRR (%(moves)s)") % {"amount": amount, "moves": ", ".join(moves)})
    if found.changed:
        words = ngettext(
            "%(count)s account changed since; what that adds is known after the closing",
            "%(count)s accounts changed since; what that adds is known after the closing",
            found.changed,
        )
        parts.append(words % {"count": formats.number(found.changed)})
    return " · ".join(parts)


def _accounts(reader: Reader, why: str, closed: dt.date) -> QuerySet[Any]:
    workspace, owner = reader.workspace, reader.owner
    accounts = attention.paying_accounts(workspace, owner=owner)
    if why == "silent":
        return attention.silent_accounts(accounts, workspace, day=reader.day)
    if why == "shrinking":
        return attention.shrinking_accounts(accounts, workspace, closed=closed, owner=owner)
    return attention.accounts_on_one_contact(accounts, workspace, owner=owner)


def _say_why(accounts: Iterable[Any], reader: Reader) -> None:
    """`why` of each: why it stands here, in words; `owner_name` where everybody's are shown."""
    for account in accounts:
        account.why = " · ".join(_whys(account, reader))
        account.owner_name = str(account.owner.user) if reader.owner is None and account.owner else ""


def _whys(account: Any, reader: Reader) -> Iterable[str]:
    currency, language = reader.workspace.base_currency, get_language() or "en"
    if hasattr(account, "last_talk"):
        if account.last_talk is None:
            yield _("No interaction noted yet")
        else:
            days = (reader.day - account.last_talk).days
            texts = {"day": formats.day(account.last_talk, language), "days": formats.number(days)}
            yield ngettext("Last on %(day)s, %(days)s day ago", "Last on %(day)s, %(days)s days ago", days) % texts
    if hasattr(account, "contact_name"):
        yield _("Only %(name)s is known") % {"name": account.contact_name}
    if getattr(account, "shrank_by", None) is not None:
        texts = {"amount": formats.money(account.shrank_by, currency), "day": formats.day(account.shrank_on, language)}
        yield _("Shrank: %(amount)s on %(day)s") % texts
    if getattr(account, "change", None) is not None:
        texts = {"amount": formats.money(account.change, currency), "day": formats.day(account.ends_on, language)}
        yield _("Known: %(amount)s after %(day)s") % texts
