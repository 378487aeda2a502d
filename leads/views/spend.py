"""Spend by channel: the entries, their sums by month, entering, changing and voiding one."""

import datetime as dt

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.terms import add_months
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.voiding import reason_given
from leads import kept_lists, list_files, lists, queries
from leads.actions import save_spend, void_spend
from leads.forms.spend import SpendForm
from leads.models import Spend
from workspaces import formats, roles
from workspaces.forms.meanwhile import seen
from workspaces.list_files import Column, ListFile, page_file, page_links
from workspaces.list_page import ListPage

MONTHS = 12


@require_GET
def spend_list(request, slug):
    page = ListPage(request, kept_lists.SPEND)
    page.show(lists.spend(request.workspace), queries.standing_spend(request.workspace), list_files.SPEND)
    if page.answer is not None:
        return page.answer
    return page.render(
        "leads/spend_list.html",
        {
            "title": _("Spend"),
            "rows": page.cells(),
            "summary": _summary(page.list, request.workspace),
            "tabs": _tabs(slug, "entries"),
            "may_edit": request.actor.has_permission(roles.EDIT_MONEY),
        },
    )


def _summary(shown, workspace) -> str:
    totals = shown.totals
    count = formats.number(totals.count)
    if totals.is_capped:
        return _("More than %(count)s entries") % {"count": count}
    entries = ngettext("%(count)s entry", "%(count)s entries", totals.count) % {"count": count}
    return _("%(entries)s · %(amount)s") % {
        "entries": entries,
        "amount": formats.money(totals.sums["amount"], workspace.base_currency, places=0),
    }


@require_GET
def spend_months(request, slug):
    """The last twelve months, channel by channel; `until` (2026-03) moves the window."""
    this_month = request.workspace.local_day(timezone.now()).replace(day=1)
    last = _month(request.GET.get("until", ""), this_month)
    months = [add_months(last, number - MONTHS + 1) for number in range(MONTHS)]
    rows, together = queries.spend_by_month(request.workspace, months)
    file = page_file(request, _months_file(months), lambda: rows)
    if file is not None:
        return file
    path = reverse("leads:spend_months", args=[slug])
    return render(
        request,
        "leads/spend_months.html",
        {
            "months": months,
            "files": page_links(request, has_rows=bool(rows)),
            "rows": rows,
            "together": together,
            "tabs": _tabs(slug, "months"),
            "earlier": f"{path}?until={add_months(last, -MONTHS):%Y-%m}",
            "later": f"{path}?until={add_months(last, MONTHS):%Y-%m}" if last < this_month else "",
            "has_any": bool(rows) or queries.standing_spend(request.workspace).exists(),
            "may_edit": request.actor.has_permission(roles.EDIT_MONEY),
        },
    )


def _months_file(months: list[dt.date]) -> ListFile:
    def amount(place: int):
        return lambda row: row.months[place]

    return ListFile(
        gettext_lazy("Spend by month"),
        (
            Column(gettext_lazy("Channel"), lambda row: row.channel),
            *(Column(f"{month:%Y-%m}", amount(place)) for place, month in enumerate(months)),
            Column(gettext_lazy("Total"), lambda row: row.total),
        ),
    )


def _month(text: str, this_month: dt.date) -> dt.date:
    try:
        month = formats.first_day(text)
    except ValueError:
        return this_month
    return month if 1970 < month.year < 2199 else this_month


def _tabs(slug: str, active: str) -> list[dict]:
    return [
        {"label": _("Entries"), "href": reverse("leads:spend_list", args=[slug]), "active": active == "entries"},
        {"label": _("By month"), "href": reverse("leads:spend_months", args=[slug]), "active": active == "months"},
    ]


@require_http_methods(["GET", "POST"])
def spend_new(request, slug):
    request.actor.require(roles.EDIT_MONEY)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def spend_edit(request, slug, pk):
    request.actor.require(roles.EDIT_MONEY)
    wait_for_turn(request, "spend")
    return _form_page(request, _spend_or_404(request.workspace, pk))


def _form_page(request, spend: Spend | None):
    form = SpendForm(
        request.POST if request.method == "POST" else None, initial=SpendForm.initial_of(spend) if spend else None
    )
    if request.method == "POST" and save_form(request, form, save_spend, noun="spend", fact=spend) is not None:
        return redirect("leads:spend_list", request.workspace.slug)
    return render(
        request,
        "leads/spend_form.html",
        {
            "form": form,
            "spend": spend,
            "seen": seen(form) if spend else "",
            "title": f"{spend.channel} {formats.table_day(spend.date)}" if spend else _("New spend"),
            "currency": request.workspace.base_currency,
            "channels": queries.standing_channels(request.workspace)[:200],
        },
        status=422 if form.is_refused else 200,
    )


@require_POST
def spend_void(request, slug, pk):
    request.actor.require(roles.EDIT_MONEY)
    spend = _spend_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("leads:spend_edit", slug, pk)
    void_spend(workspace=request.workspace, pk=spend.pk, reason=reason, by=request.actor)
    messages.success(request, _("The entry was voided."))
    return redirect("leads:spend_list", slug)


def _spend_or_404(workspace, pk) -> Spend:
    return get_object_or_404(queries.standing_spend(workspace), pk=pk)
