"""The restatement log: what was published and is no more, because of what, by whom."""

from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metrics import period_changes, restatements
from metrics.models import Interval, Reason, Restatement, RestatementBatch, RestatementFact
from workspaces import exports, formats
from workspaces.filters import Filter
from workspaces.lists import ListSpec, show_list
from workspaces.sorting import Sort
from workspaces.trail import ICONS, PAGES, SUBJECTS

PERIODS_SHOWN, FACTS_SHOWN = 8, 200
# As the API writes them: a file is for machines and for people who know its words.
CSV_HEAD = ("restated_at", "reason", "by", "interval", "period", "figure", "published", "now")


def _intervals(workspace):
    return Interval.choices


def _reasons(workspace):
    return Reason.choices


LIST = ListSpec(
    sorts=(Sort("at", "id", down_first=True),),
    default="-at",
    filters=(
        Filter(
            "interval",
            gettext_lazy("Interval"),
            _intervals,
            lambda values: Q(pk__in=Restatement.objects.filter(interval__in=values).values("batch")),
            icon="calendar",
        ),
        Filter("reason", gettext_lazy("Reason"), _reasons, lambda reasons: Q(reason__in=reasons)),
    ),
)


@require_safe
def restatement_list(request, slug):
    """Closings that changed published figures, latest first; `period` in the address (2025-03) narrows to one."""
    workspace, period = request.workspace, _period(request)
    rows = restatements.batches(workspace, name=period)
    beside = {"period": period} if period else {}
    shown = show_list(LIST, rows, request.GET, path=request.path, workspace=workspace, beside=beside)
    query = beside | {key: value for key, value in shown.narrowing_params.items() if key == "interval"}
    export = reverse("metrics:restatement_export", args=[slug])
    return render(
        request,
        "metrics/restatement_list.html",
        {
            "list": shown,
            "rows": [_row(batch, slug, period) for batch in shown.rows],
            "period": formats.period_name(period, get_language() or "en") if period else "",
            "all_url": shown.url_without("period"),
            "summary": _count(shown.totals),
            "files": exports.menu(request, lambda name: f"{export}?{urlencode(query | {'download': name})}")
            if shown.rows
            else [],
        },
    )


def _period(request) -> str:
    """The period asked for, as the API writes it; empty for all, and for what is none."""
    name = request.GET.get("period", "")
    try:
        formats.period_name(name, "en")
    except ValueError:
        return ""
    return name if name[:4].isdecimal() else ""


def _row(batch: RestatementBatch, slug: str, period: str) -> dict:
    page = reverse("metrics:restatement_page", args=[slug, batch.pk])
    return {
        "batch": batch,
        "url": f"{page}?{urlencode({'period': period})}" if period else page,
        "by": ", ".join(batch.actors[:3]) + (" …" if len(batch.actors) > 3 else ""),
    }


def _count(totals) -> str:
    count = formats.number(totals.count)
    if totals.is_capped:
        return _("More than %(count)s restatements") % {"count": count}
    return ngettext("%(count)s restatement", "%(count)s restatements", totals.count) % {"count": count}


@require_safe
def restatement_page(request, slug, pk):
    """One closing's restatement: the facts behind it, and its periods as published and as they are since."""
    workspace, language, period = request.workspace, get_language() or "en", _period(request)
    batch = get_object_or_404(restatements.batches(workspace), pk=pk)
    periods = restatements.restatements(workspace, name=period).filter(batch=batch).order_by("-starts_on", "-id")
    is_long = "all" not in request.GET and batch.periods_changed > PERIODS_SHOWN and not period
    facts = RestatementFact.objects.filter(workspace=workspace, batch=batch).order_by("-at", "-id")[:FACTS_SHOWN]
    values = periods.values("name", "interval", "before", "after")
    page = reverse("metrics:restatement_page", args=[slug, batch.pk])
    context = {
        "batch": batch,
        "facts": [_fact(fact, slug) for fact in facts],
        "more_facts": max(0, batch.facts - len(facts)),
        "periods": period_changes.table(
            values[:PERIODS_SHOWN] if is_long else values, workspace.base_currency, language
        ),
        "period": formats.period_name(period, language) if period else "",
        "all_url": page if period else f"{page}?all" if is_long else "",
        "trail": [{"label": _("Restatements"), "href": reverse("metrics:restatement_list", args=[slug])}],
    }
    return render(request, "metrics/restatement_page.html", context)


def _fact(fact: RestatementFact, slug: str) -> dict:
    """A fact as the page shows it, with the page of what it is about where there is one."""
    kind = str(SUBJECTS.get(fact.subject_type, fact.subject_type))
    url = ""
    if fact.subject_type in PAGES:
        try:
            url = reverse(PAGES[fact.subject_type], args=[slug, fact.subject_id])
        except NoReverseMatch:
            url = ""
    accounts = ngettext("%(count)s account", "%(count)s accounts", fact.accounts) % {"count": fact.accounts}
    return {
        "fact": fact,
        "text": kind if fact.subject_label == kind else f"{kind} {fact.subject_label}",
        "accounts": accounts if fact.accounts > 1 else "",
        "url": url,
        "icon": ICONS.get(fact.subject_type, "activity"),
    }


@require_safe
def restatement_export(request, slug):
    """The log as a file: a row for each figure that was restated, as published and as it was restated to."""
    workspace, name = request.workspace, _period(request)
    interval = request.GET.get("interval", "")
    found = restatements.restatements(
        workspace, interval=interval if interval in Interval.values else "", name=name
    ).order_by("-id")

    def rows():
        for row in found.iterator(chunk_size=500):
            before, after = row.before or {}, row.after or {}
            who = ", ".join(row.batch.actors)
            for key in period_changes.TOLD:
                if key in before or key in after:
                    was, now = (period_changes.read(key, side.get(key)) for side in (before, after))
                    yield (row.batch.at, row.batch.reason, who, row.interval, row.name, key, was, now)

    file_format = request.GET.get("download", "csv")
    if file_format not in exports.FORMATS:
        raise Http404
    return exports.download(request, name="restatements", file_format=file_format, head=CSV_HEAD, rows=rows)
