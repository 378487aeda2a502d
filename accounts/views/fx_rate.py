"""Exchange rates: the list, entering, changing and voiding one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import kept_lists, list_files, lists, queries
from accounts.actions import save_fx_rates, void_fx_rate
from accounts.forms.fx_rate import FxRateForm
from accounts.models import FxRate
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.voiding import reason_given
from workspaces import formats, roles
from workspaces.forms.meanwhile import seen
from workspaces.list_page import ListPage


@require_GET
def fx_rate_list(request, slug):
    page = ListPage(request, kept_lists.FX_RATES)
    page.show(lists.fx_rates(request.workspace), queries.standing_fx_rates(request.workspace), list_files.FX_RATES)
    if page.answer is not None:
        return page.answer
    count = page.list.totals.count
    return page.render(
        "accounts/fx_rate_list.html",
        {
            "title": _("Exchange rates"),
            "rows": page.cells(),
            "summary": ngettext("%(count)s rate", "%(count)s rates", count) % {"count": formats.number(count)},
            "may_edit": request.actor.has_permission(roles.EDIT_MONEY),
        },
    )


@require_http_methods(["GET", "POST"])
def fx_rate_new(request, slug):
    request.actor.require(roles.EDIT_MONEY)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def fx_rate_edit(request, slug, pk):
    request.actor.require(roles.EDIT_MONEY)
    wait_for_turn(request, "fx_rate")
    return _form_page(request, _rate_or_404(request.workspace, pk))


def _asked_for(query) -> dict:
    """What a closing that lacks a rate fills in beforehand: its currency and the day from which it is needed."""
    return {"currency": query.get("currency", "")[:3], "date": query.get("date", "")[:10]}


def _form_page(request, rate: FxRate | None):
    form = FxRateForm(
        request.POST if request.method == "POST" else None,
        base_currency=request.workspace.base_currency,
        initial=FxRateForm.initial_of(rate) if rate else _asked_for(request.GET),
    )
    if request.method == "POST" and save_form(request, form, save_fx_rates, noun="fx_rate", fact=rate) is not None:
        return redirect("accounts:fx_rate_list", request.workspace.slug)
    return render(
        request,
        "accounts/fx_rate_form.html",
        {
            "form": form,
            "rate": rate,
            "seen": seen(form) if rate else "",
            "title": f"{rate.currency} {formats.table_day(rate.date)}" if rate else _("New exchange rate"),
            "currencies": queries.currencies_in_use(request.workspace)[1:],
        },
        status=422 if form.is_refused else 200,
    )


@require_POST
def fx_rate_void(request, slug, pk):
    request.actor.require(roles.EDIT_MONEY)
    rate = _rate_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("accounts:fx_rate_edit", slug, pk)
    void_fx_rate(workspace=request.workspace, pk=rate.pk, reason=reason, by=request.actor)
    messages.success(request, _("The rate of %(currency)s was voided.") % {"currency": rate.currency})
    return redirect("accounts:fx_rate_list", slug)


def _rate_or_404(workspace, pk) -> FxRate:
    return get_object_or_404(queries.standing_fx_rates(workspace), pk=pk)
