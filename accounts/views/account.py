"""Accounts: the list, entering, changing and voiding one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import families, kept_lists, list_files, lists, queries
from accounts.actions import save_accounts, void_account
from accounts.columns import account_cells
from accounts.conditions import SEGMENT, is_condition
from accounts.forms.account import AccountForm
from accounts.models import Account
from accounts.search import searched_accounts
from accounts.views import bulk_bars
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.voiding import reason_given
from workspaces import formats, roles
from workspaces.filters import IS
from workspaces.forms.meanwhile import seen
from workspaces.list_page import ListPage, panel, shown_list
from workspaces.list_totals import Totals
from workspaces.list_views import ListViews
from workspaces.lists import searched_words
from workspaces.where import EMPTY

SUGGESTIONS = 10


@require_GET
def account_list(request, slug):
    page = ListPage(request, kept_lists.ACCOUNTS)
    if page.answer is None:
        page.take(shown_accounts(request, page.views, request.GET), lambda: list_files.accounts(request.workspace))
    if page.answer is not None:
        return page.answer
    shown, may_edit = page.list, request.actor.has_permission(roles.EDIT_FACTS)
    return page.render(
        "accounts/account_list.html",
        {
            "title": _("Accounts"),
            "panel": panel(request, _("Account"), "accounts:account_panel"),
            "placeholder": _("Search names, codes, ids"),
            "rows": account_cells(request.workspace, shown.rows, shown.columns),
            "summary": _summary(shown.totals, request.workspace),
            "save_url": _save_url(shown, slug),
            "saved_url": reverse("accounts:saved_filter_list", args=[slug]),
            "may_edit": may_edit,
            "picks": bulk_bars.of_accounts(request.workspace, shown, request.actor) if may_edit else None,
            "are_archived": not shown.rows and queries.standing_accounts(request.workspace).exists(),
            "demo_url": _demo_url(request),
        },
    )


def _save_url(shown, slug: str) -> str:
    """Where the list's conditions are kept under a name; "" when there are none but a saved filter as it stands, or such as
    a saved filter cannot say: figures are sliced by it, and it asks each field for values alone.
    """
    clauses = [clause for group in shown.line.narrowing.clauses for clause in group if is_condition(clause.field)]
    fields = [clause.field for clause in clauses]
    are_plain = all(len(group) == 1 for group in shown.line.narrowing.clauses) and len(fields) == len(set(fields))
    if not are_plain or set(fields) <= {SEGMENT} or any(clause.operator not in (IS, EMPTY) for clause in clauses):
        return ""
    pairs = [(clause.field, value) for clause in clauses for value in clause.values or ("",)]
    return f"{reverse('accounts:saved_filter_new', args=[slug])}?{urlencode(pairs)}"


def _demo_url(request) -> str:
    """Where the demo company is loaded from, for those who may; the glue above this app has the page, if any."""
    if not request.actor.has_permission(roles.MANAGE_WORKSPACE):
        return ""
    try:
        return reverse("demo_load", args=[request.workspace.slug])
    except NoReverseMatch:
        return ""


@require_GET
def account_totals(request, slug):
    """The list's foot with everything counted, for lists too long to count while the page is made."""
    shown = shown_accounts(request, ListViews(request, kept_lists.ACCOUNTS), request.GET)
    summary = _summary(shown.all_totals(), request.workspace)
    return render(request, "accounts/account_list.html#foot", {"list": shown, "summary": summary})


def shown_accounts(request, views: ListViews | None, params):
    """The list that `params` ask for."""
    spec = lists.accounts(request.workspace, request.actor.user_id)
    return shown_list(request, views, spec, lists.accounts_at_first(request.workspace, params), params=params)


def _summary(totals: Totals, workspace) -> str:
    if totals.is_capped:
        return _("More than %(count)s accounts") % {"count": formats.number(totals.count)}
    count = ngettext("%(count)s account", "%(count)s accounts", totals.count) % {"count": formats.number(totals.count)}
    mrr = formats.money(Account(mrr_cents=totals.sums["mrr_cents"]).mrr, workspace.base_currency, places=0)
    return _("%(count)s · MRR %(mrr)s") % {"count": count, "mrr": mrr}


@require_GET
def account_suggestions(request, slug):
    """Options for a field in which an account is typed."""
    words = searched_words(request.GET, "parent" if "parent" in request.GET else "account")
    accounts = queries.standing_accounts(request.workspace)
    found = searched_accounts(accounts, words).first.order_by("sort_name", "pk")[:SUGGESTIONS] if words else []
    return render(request, "accounts/account_suggestions.html", {"accounts": found})


@require_GET
def account_parents(request, slug):
    """What the list's filter of parents offers for what is typed."""
    found = families.parents(request.workspace, searched_words(request.GET, "words"))
    choices = [{"value": pk, "label": name} for pk, name in found]
    return render(request, "lists/filter_choices.html", {"choices": choices})


@require_http_methods(["GET", "POST"])
def account_new(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def account_edit(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    wait_for_turn(request, "account")
    return _form_page(request, account_or_404(request.workspace, pk))


def _form_page(request, account: Account | None):
    form = AccountForm(
        request.POST if request.method == "POST" else None,
        workspace=request.workspace,
        account=account,
        suggest_url=reverse("accounts:account_suggestions", args=[request.workspace.slug]),
    )
    if request.method == "POST":
        result = save_form(request, form, save_accounts, noun="account", fact=account)
        if result is not None:
            return redirect("accounts:account_page", request.workspace.slug, result.id)
    return render(
        request,
        "accounts/account_form.html",
        {
            "form": form,
            "account": account,
            "seen": seen(form) if account else "",
            "suggestions": queries.facets(request.workspace, "industry", "region", "channel"),
        },
        status=422 if form.is_refused else 200,
    )


@require_POST
def account_void(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    account = account_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("accounts:account_page", slug, pk)
    void_account(workspace=request.workspace, pk=account.pk, reason=reason, by=request.actor)
    messages.success(request, _("%(name)s was voided, with its contracts and contacts.") % {"name": account})
    return redirect("accounts:account_list", slug)


def account_or_404(workspace, pk) -> Account:
    return get_object_or_404(queries.standing_accounts(workspace), pk=pk)
