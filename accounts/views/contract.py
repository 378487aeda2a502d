"""Contracts: the list, one contract's page, entering, changing and voiding one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import kept_lists, list_files, lists, queries
from accounts.actions import save_contracts, void_contract
from accounts.contract_summary import summarise
from accounts.forms.contract import ContractForm
from accounts.models import Contract
from accounts.properties import contract_properties
from accounts.timeline import entries
from accounts.views import bulk_bars
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.contact import account_in_address
from accounts.views.voiding import reason_given
from workspaces import formats, roles
from workspaces.forms.meanwhile import seen
from workspaces.list_columns import cells
from workspaces.list_page import ListPage, panel, shown_list
from workspaces.list_views import ListViews
from workspaces.queries import activity_of

TRAIL = 50


@require_GET
def contract_list(request, slug):
    page = ListPage(request, kept_lists.CONTRACTS)
    if page.answer is None:
        page.take(shown_contracts(request, page.views, request.GET), list_files.CONTRACTS_FILE)
    if page.answer is not None:
        return page.answer
    day, may_edit = request.workspace.local_day(timezone.now()), request.actor.has_permission(roles.EDIT_FACTS)
    settings = queries.settings_by_day(request.workspace)
    summaries = [summarise(contract, day=day, settings=settings) for contract in page.list.rows]
    return page.render(
        "accounts/contract_list.html",
        {
            "title": _("Contracts"),
            "panel": panel(request, _("Contract"), "accounts:contract_panel"),
            "placeholder": _("Search numbers, accounts"),
            "rows": cells(summaries, page.list.columns),
            "summary": _summary(page.list.totals),
            "open_renewals": queries.open_renewals(request.workspace).order_by().count(),
            "may_edit": may_edit,
            "picks": bulk_bars.of_contracts(request.workspace, page.list, request.actor) if may_edit else None,
        },
    )


def shown_contracts(request, views: ListViews | None, params):
    """The list that `params` ask for."""
    spec = lists.contracts(request.workspace.local_day(timezone.now()))
    return shown_list(request, views, spec, queries.standing_contracts(request.workspace), params=params)


def _summary(totals) -> str:
    count = formats.number(totals.count)
    if totals.is_capped:
        return _("More than %(count)s contracts") % {"count": count}
    return ngettext("%(count)s contract", "%(count)s contracts", totals.count) % {"count": count}


@require_GET
def contract_page(request, slug, pk):
    contract = _contract_or_404(request.workspace, pk)
    day = request.workspace.local_day(timezone.now())
    summary = summarise(contract, day=day, settings=queries.settings_by_day(request.workspace))
    trail = activity_of("contract", contract).select_related("user")[:TRAIL]
    siblings = list(queries.renewable_contracts(request.workspace, contract.account_id))
    return render(
        request,
        "accounts/contract_page.html",
        {
            "contract": contract,
            "summary": summary,
            "facts": _facts(summary),
            "properties": contract_properties(contract),
            "chain": _chain(contract, siblings),
            "proposal": queries.open_renewal_of(contract),
            "timeline": entries(request.workspace, list(trail), siblings),
            "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
        },
    )


def _facts(summary) -> list[dict]:
    contract = summary.contract
    language = get_language() or "en"
    end = formats.day(contract.ends_on, language) if contract.ends_on else _("open-ended")
    term = f"{formats.day(contract.starts_on, language)} – {end}"
    facts = [{"label": _("Term"), "value": term}]
    if summary.mrr is not None:
        facts.insert(0, {"label": _("MRR"), "value": formats.money(summary.mrr, contract.currency)})
        facts.append({"label": _("Total"), "value": formats.money(summary.amount, contract.currency)})
    else:
        facts.insert(0, {"label": _("Total"), "value": formats.money(summary.amount, contract.currency)})
    if summary.last_day and summary.last_day != contract.ends_on:
        facts.append({"label": _("Counts until"), "value": formats.day(summary.last_day, language)})
    facts.append({"label": _("Kind"), "value": contract.get_kind_display()})
    facts.append({"label": _("Signed on"), "value": formats.day(contract.signed_on, language)})
    return facts


def _chain(contract: Contract, siblings: list[Contract]) -> list[Contract]:
    """The contracts that this one follows and that follow it, first to last; only itself when it stands alone."""
    by_pk = {one.pk: one for one in siblings} | {contract.pk: contract}
    chain, at = [contract], contract
    while at.renews_id in by_pk and by_pk[at.renews_id] not in chain:
        at = by_pk[at.renews_id]
        chain.insert(0, at)
    ahead = [contract]
    while ahead:
        ahead = [one for one in siblings if one.renews_id in {each.pk for each in ahead} and one not in chain]
        chain += sorted(ahead, key=lambda one: one.starts_on)
    return chain


@require_http_methods(["GET", "POST"])
def contract_new(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def contract_edit(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    wait_for_turn(request, "contract")
    return _form_page(request, _contract_or_404(request.workspace, pk))


def _form_page(request, contract: Contract | None):
    workspace = request.workspace
    account = contract.account if contract else account_in_address(request)
    form = ContractForm(
        request.POST if request.method == "POST" else None,
        account=account,
        suggest_url=reverse("accounts:account_suggestions", args=[workspace.slug]),
        currencies=queries.currencies_in_use(workspace),
        renewable=(
            list(queries.renewable_contracts(workspace, account.pk, other_than=contract and contract.pk))
            if account
            else []
        ),
        lines=ContractForm.lines_of(contract) if contract else (),
        initial=ContractForm.initial_of(contract) if contract else None,
    )
    if request.method == "POST":
        result = save_form(request, form, save_contracts, noun="contract", fact=contract)
        if result is not None:
            return redirect("accounts:contract_page", workspace.slug, result.id)
    return render(
        request,
        "accounts/contract_form.html",
        {
            "form": form,
            "contract": contract,
            "account": account,
            "products": queries.product_names(workspace),
            "seen": seen(form) if contract else "",
        },
        status=422 if form.is_refused else 200,
    )


@require_POST
def contract_void(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    contract = _contract_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("accounts:contract_page", slug, pk)
    void_contract(workspace=request.workspace, pk=contract.pk, reason=reason, by=request.actor)
    messages.success(request, _("%(name)s was voided.") % {"name": contract})
    return redirect("accounts:account_page", slug, contract.account_id)


def _contract_or_404(workspace, pk) -> Contract:
    return get_object_or_404(queries.standing_contracts(workspace), pk=pk)
