"""The movements of a span of days: the rows behind every bar of the overview."""

import datetime as dt
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.groupings import by_month, by_owner_of_account
from accounts.list_filters import owner_of_account
from accounts.search import of_named_accounts
from jobs.imports.values import to_amount
from metrics.kept_lists import MOVEMENTS
from metrics.models import Movement, MovementKind
from workspaces import formats
from workspaces.amounts import amount_cell
from workspaces.filters import Filter, Kind, column
from workspaces.grouping import Grouping, by_label, has_value
from workspaces.list_columns import ListColumn
from workspaces.list_files import Column, ListFile
from workspaces.list_page import ListPage, panel
from workspaces.lists import ListSpec, ShownList
from workspaces.sorting import Sort


def _kinds(workspace):
    return MovementKind.choices


def movements(currency: str) -> ListSpec:
    def amount(row) -> str:
        return amount_cell(row.amount, currency, plus=True)

    return ListSpec(
        sorts=(Sort("date", "day", down_first=True), Sort("amount", "amount", down_first=True)),
        default="-date",
        columns=(
            ListColumn(
                "date", gettext_lazy("Day"), sort="date", text=lambda row: formats.table_day(row.day), is_figure=True
            ),
            ListColumn("kind", gettext_lazy("Kind"), text=lambda row: row.get_kind_display()),
            ListColumn("amount", gettext_lazy("Amount"), sort="amount", text=amount, is_number=True),
            ListColumn("industry", gettext_lazy("Industry"), text=lambda row: row.account.industry, is_shown=False),
            ListColumn(
                "external_id",
                gettext_lazy("Account's external id"),
                text=lambda row: row.account.external_id,
                is_figure=True,
                is_shown=False,
            ),
        ),
        filters=(
            Filter("kind", gettext_lazy("Kind"), _kinds, lambda kinds: Q(kind__in=kinds), icon="trending-up"),
            column("amount", gettext_lazy("Amount"), "amount", Kind.MONEY, may_miss=False, reads=to_amount),
            column("day", gettext_lazy("Day"), "day", Kind.DATE, may_miss=False),
            owner_of_account(),
            column("account", gettext_lazy("Account"), "account__name", Kind.TEXT, may_miss=False),
            column("industry", gettext_lazy("Industry"), "account__industry", Kind.TEXT),
        ),
        search=of_named_accounts,
        groupings=(
            by_month("month", gettext_lazy("Month"), "day", turns_with="date"),
            Grouping(
                "kind",
                gettext_lazy("Kind"),
                F("kind"),
                by_label(dict(MovementKind.choices)),
                clause=has_value("kind"),
            ),
            by_owner_of_account(),
        ),
        group_sums=("amount",),
        say_sums=lambda sums: _sum(sums["amount"], currency),
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
    page = ListPage(request, MOVEMENTS)
    first, last = _day(request.GET.get("from")), _day(request.GET.get("to"))
    rows = Movement.objects.filter(workspace=request.workspace).select_related("account")
    if first:
        rows = rows.filter(day__gte=first)
    if last:
        rows = rows.filter(day__lte=last)
    span = {name: day.isoformat() for name, day in (("from", first), ("to", last)) if day}
    currency = request.workspace.base_currency
    page.show(movements(currency), rows, FILE, beside=span)
    if page.answer is not None:
        return page.answer
    shown = page.list
    total = _total(shown)
    return page.render(
        "metrics/movement_list.html",
        {
            "title": _("Movements"),
            "panel": panel(request, _("Account"), "accounts:account_panel"),
            "placeholder": _("Search accounts"),
            "rows": page.cells(),
            "chip": {
                "field": _("Days"),
                "value": _days(first, last),
                "clear_url": shown.url_without("from", "to"),
            },
            "total": total,
            "summary": _summary(shown.totals, total, currency),
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


def _total(shown: ShownList) -> Decimal:
    """Of all rows; groups have added them up already."""
    if shown.grouping is not None:
        return sum((group.sums["amount"] for group in shown.groups), Decimal(0))
    return shown.queryset.order_by().aggregate(total=Sum("amount", default=Decimal(0)))["total"]


def _sum(total: Decimal, currency: str) -> str:
    return formats.money(total, currency, places=0, plus=True)


def _summary(totals, total: Decimal, currency: str) -> str:
    return f"{_count(totals)} · {_('sum')} {_sum(total, currency)}"


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
