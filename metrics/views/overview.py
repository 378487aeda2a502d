"""The overview: how the company stands, and what moved it."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Contract
from metrics import overview as board
from metrics import queries, reasons, restatements
from metrics.figures_state import figures_state
from workspaces import formats, roles

MONTHS_SHOWN = 24
MONTHS_CHOSEN_FROM = 60


@require_safe
def overview(request, slug):
    """Tiles of a month against another one, the month's bridge, and two years of months."""
    workspace, language = request.workspace, get_language() or "en"
    state = figures_state(workspace)
    context = {"state": state}
    closed = state.closed_through
    rows = queries.months_of_book(workspace, keys=board.KEYS, closed=closed) if closed else []
    if not rows:
        context["has_contracts"] = Contract.objects.standing().filter(workspace=workspace).exists()
        context["can_load_demo"] = request.actor.has_permission(roles.MANAGE_WORKSPACE)
        return render(request, "metrics/overview_empty.html", context)
    by_period = {row["period"]: row for row in rows}
    period = _chosen(request.GET.get("period", ""), rows)
    compare = "year" if request.GET.get("compare") == "year" else "previous"
    now = by_period[period]
    other = _shifted(period, 12 if compare == "year" else 1)
    currency = workspace.base_currency
    texts = {"currency": currency, "language": language}
    course = rows[max(0, rows.index(now) - MONTHS_SHOWN + 1) : rows.index(now) + 1]

    def explained(row, key):
        return f"{reverse('metrics:explanation', args=[slug, key])}?{urlencode({'period': row['period']})}"

    restated = restatements.restated(workspace, interval="month", name=period)
    moved = reasons.movers(workspace, first=now["starts_on"], last=now["through"])
    against = _("vs %(period)s") % {"period": formats.period_short(other, language)}
    context |= {
        "period": period,
        "compare": compare,
        "is_open": not now["closed"],
        "picture_title": f"{_('Overview')} · {_label(now, language)}",
        "periods": [
            {"value": row["period"], "label": _label(row, language)} for row in reversed(rows[-MONTHS_CHOSEN_FROM:])
        ],
        "comparisons": [
            {"value": "previous", "label": _("vs previous month")},
            {"value": "year", "label": _("vs a year earlier")},
        ],
        "restated_at": restated and restated.at,
        "since_published": reasons.since_published(now["mrr_end"], restated and restated.first_mrr, **texts),
        "why": reasons.sentence(now, moved, href=lambda pk: reverse("accounts:account_page", args=[slug, pk]), **texts),
        # Half a month against a whole one would say that everything got worse, or churn better.
        "tiles": board.tiles(
            now,
            by_period.get(other) if now["closed"] else None,
            against=against,
            href=lambda key: explained(now, key),
            **texts,
        ),
        "bridge": board.bridge_chart(
            now,
            before=formats.period_short(_shifted(period, 1), language),
            after=formats.period_short(period, language),
            href=lambda kind: explained(now, kind),
            **texts,
        ),
        "mrr_course": board.course_chart(
            course,
            "mrr",
            href=lambda row: explained(row, "mrr"),
            beside_href=lambda row: explained(row, "committed_mrr"),
            **texts,
        ),
        "customers_course": board.course_chart(
            course, "customers", href=lambda row: explained(row, "customers"), **texts
        ),
        "movements": board.movements_chart(course, href=explained, **texts),
        "legend": [
            *({"label": label, "role": kind} for kind, label in board.CHANGES if any(row[kind] for row in course)),
            {"label": _("Net"), "role": "total"},
        ],
        "course": course,
        "changes": board.CHANGES,
    }
    return render(request, "metrics/overview.html", context)


def _chosen(wanted: str, rows: list[dict]) -> str:
    """The month asked for; else the last whole one, because half a month against a whole one misleads."""
    known = [row["period"] for row in rows]
    if wanted in known:
        return wanted
    whole = [row["period"] for row in rows if row["closed"]]
    return (whole or known)[-1]


def _label(row: dict, language: str) -> str:
    name = formats.period(row["period"], language)
    return name if row["closed"] else _("%(period)s, so far") % {"period": name}


def _shifted(period: str, months: int) -> str:
    """The month `months` before `period`."""
    first = formats.first_day(period)
    index = first.year * 12 + first.month - 1 - months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"
