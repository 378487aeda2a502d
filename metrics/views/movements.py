"""The movements of a span of days: the rows behind every bar of the overview."""

import datetime as dt

from django.db.models import Sum
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from metrics.models import Movement, MovementKind
from workspaces import formats
from workspaces.list_files import Column, ListFile, asked_file, links
from workspaces.lists import Filter, ListSpec, Sort, show_list


def _kinds(workspace):
    return MovementKind.choices


LIST = ListSpec(
    sorts=(Sort("date", "day", down_first=True), Sort("amount", "amount", down_first=True)),
    default="-date",
    filters=(
        Filter("kind", gettext_lazy("Kind"), _kinds, lambda rows, value: rows.filter(kind=value), icon="trending-up"),
    ),
    search=lambda rows, words: rows.filter(account__name__icontains=words),
)

FILE = ListFile(
    gettext_lazy("Movements"),
    (
        Column(gettext_lazy("Account id"), lambda row: row.account.external_id),
        Column(gettext_lazy("Account"), lambda row: row.account.name),
        Column(gettext_lazy("Date"), lambda row: row.day),
        Column(gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("Amount"), lambda row: row.amount),
    ),
)


@require_safe
def movement_list(request, slug):
    """Movements by day, with their sum; `from` and `to` in the address bound the days, both inclusive."""
    first, last = _day(request.GET.get("from")), _day(request.GET.get("to"))
    rows = Movement.objects.filter(workspace=request.workspace).select_related("account")
    if first:
        rows = rows.filter(day__gte=first)
    if last:
        rows = rows.filter(day__lte=last)
    span = {name: day.isoformat() for name, day in (("from", first), ("to", last)) if day}
    shown = show_list(LIST, rows, request.GET, path=request.path, workspace=request.workspace, beside=span)
    file = asked_file(request, shown, FILE)
    if file is not None:
        return file
    total = shown.queryset.order_by().aggregate(total=Sum("amount"))["total"]
    return render(
        request,
        "metrics/movement_list.html",
        {
            "list": shown,
            "files": links(request, shown),
            "days": _days(first, last),
            "all_days_url": shown.url_without("from", "to"),
            "total": total,
            "summary": _summary(shown.totals, total, request.workspace.base_currency),
        },
    )


def _days(first: dt.date | None, last: dt.date | None) -> str:
    """The span as a filter chip says it; empty when there is none."""
    ends = {"first": formats.table_day(first), "last": formats.table_day(last)}
    if first and last:
        return _("%(first)s to %(last)s") % ends
    if first:
        return _("From %(first)s") % ends
    return _("Until %(last)s") % ends if last else ""


def _summary(totals, total, currency: str) -> str:
    amount = formats.money(total or 0, currency, plus=True)
    return f"{_count(totals)} · {_('sum')} {amount}"


def _count(totals) -> str:
    count = formats.number(totals.count)
    if totals.is_capped:
        return _("More than %(count)s movements") % {"count": count}
    return ngettext("%(count)s movement", "%(count)s movements", totals.count) % {"count": count}


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
