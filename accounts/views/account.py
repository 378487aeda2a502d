"""Accounts: the list, one account's page, entering, changing and voiding one."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import kept_lists, list_files, lists, queries
from accounts.actions import save_accounts, void_account
from accounts.columns import account_cells
from accounts.conditions import SEGMENT, is_condition
from accounts.contract_summary import axis, summarise
from accounts.dimension_values import dimensions, labels
from accounts.dimensions import OWNER, TAG
from accounts.forms.account import AccountForm
from accounts.forms.rows import write
from accounts.models import Account, Contact
from accounts.models.contact import BuyingRole
from accounts.search import searched_accounts
from accounts.timeline import entries, told_talks
from accounts.views.voiding import reason_given
from workspaces import formats, roles
from workspaces.list_files import DOWNLOAD, asked_file, links
from workspaces.list_views import ListViews
from workspaces.lists import Totals, searched_words, show_list

TIMELINE_PAGE = 30
TASKS_SHOWN = 50
SUGGESTIONS = 10


@require_GET
def account_list(request, slug):
    views = ListViews(request, kept_lists.ACCOUNTS)
    if views.opening_url:
        return redirect(views.opening_url)
    shown = _shown_list(request, views)
    file = asked_file(request, shown, list_files.accounts(request.workspace)) if DOWNLOAD in request.GET else None
    if file is not None:
        return file
    return render(
        request,
        "accounts/account_list.html",
        {
            "list": shown,
            "rows": account_cells(request.workspace, shown.rows, shown.columns),
            "views": views.shown(shown),
            "files": links(request, shown),
            "summary": _summary(shown.totals, request.workspace),
            "save_url": _save_url(shown, slug),
            "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
            "picks": _picks(shown),
            "are_archived": not shown.rows and queries.standing_accounts(request.workspace).exists(),
            "demo_url": _demo_url(request),
        },
    )


def _picks(shown) -> dict:
    """What the accounts of this page can be edited to: owners and tags there are, and the tags that they have."""
    menus = {one.key: one.choices for one in shown.filters}
    archived = {account.is_archived for account in shown.rows}
    return {
        "people": menus[OWNER],
        "tags": menus[TAG],
        "here": sorted({tag for account in shown.rows for tag in account.tags}),
        "may_archive": False in archived,
        "may_restore": True in archived,
    }


def _save_url(shown, slug: str) -> str:
    """Where the list's conditions are kept under a name; "" when there are none but a saved filter as it stands."""
    chosen = {one.key: one.value for one in shown.chosen if is_condition(one.key)}
    if not chosen or set(chosen) == {SEGMENT}:
        return ""
    return f"{reverse('accounts:saved_filter_new', args=[slug])}?{urlencode(chosen)}"


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
    shown = _shown_list(request, ListViews(request, kept_lists.ACCOUNTS))
    summary = _summary(shown.all_totals(), request.workspace)
    return render(request, "accounts/account_list.html#foot", {"list": shown, "summary": summary})


def _shown_list(request, views: ListViews):
    return show_list(
        lists.accounts(request.workspace, request.actor.user_id),
        lists.accounts_at_first(request.workspace, request.GET),
        request.GET,
        path=views.path,
        workspace=request.workspace,
        beside=views.beside,
    )


def _summary(totals: Totals, workspace) -> str:
    if totals.is_capped:
        return _("More than %(count)s accounts") % {"count": formats.number(totals.count)}
    count = ngettext("%(count)s account", "%(count)s accounts", totals.count) % {"count": formats.number(totals.count)}
    mrr = formats.money(Account(mrr_cents=totals.sums["mrr_cents"]).mrr, workspace.base_currency)
    return _("%(count)s · MRR %(mrr)s") % {"count": count, "mrr": mrr}


@require_GET
def account_suggestions(request, slug):
    """Options for a field in which an account is typed."""
    words = searched_words(request.GET, "account")
    accounts = queries.standing_accounts(request.workspace)
    found = searched_accounts(accounts, words).first.order_by("name", "pk")[:SUGGESTIONS] if words else []
    return render(request, "accounts/account_suggestions.html", {"accounts": found})


@require_GET
def account_page(request, slug, pk):
    account = _account_or_404(request.workspace, pk)
    day = request.workspace.local_day(timezone.now())
    contracts = list(
        queries.standing_contracts(request.workspace).filter(account=account).order_by("-starts_on", "-pk")
    )
    contacts = list(account.contacts.standing().order_by("name", "pk"))
    settings = queries.settings_by_day(request.workspace)
    summaries = [summarise(contract, day=day, settings=settings) for contract in contracts]
    proposals = list(queries.open_renewals(request.workspace).filter(contract__account=account))
    return render(
        request,
        "accounts/account_page.html",
        {
            "account": account,
            "standing": STANDING_SHOWN[account.standing],
            "facts": _facts(account, request.workspace, day),
            "properties": _properties(account, request.workspace),
            "summaries": summaries,
            "axis": axis(summaries, day=day, url_of=lambda one: reverse("accounts:contract_page", args=[slug, one.pk])),
            "contacts": contacts,
            "tasks": list(queries.open_tasks_of(account)[:TASKS_SHOWN]),
            "warnings": _warnings(contacts, account, day),
            "proposals": proposals,
            "today": day,
            "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
            **_timeline(account, contacts, contracts, before=None),
        },
    )


@require_GET
def account_timeline(request, slug, pk):
    """Older entries of an account's timeline: those before the activity `before`."""
    account = _account_or_404(request.workspace, pk)
    before = request.GET.get("before", "")
    if not (before.isascii() and before.isdigit() and len(before) < 19):
        raise Http404
    contacts = list(account.contacts.standing())
    contracts = list(account.contracts.standing())
    context = {"account": account, **_timeline(account, contacts, contracts, before=int(before))}
    template = "accounts/account_page.html#older" if request.htmx else "accounts/account_timeline.html"
    return render(request, template, context)


def _timeline(account, contacts, contracts, *, before: int | None) -> dict:
    talks = queries.talks_of_account(account)
    activities = queries.activity_of_account(account, contacts, contracts, talks).select_related("user")
    if before is not None:
        activities = activities.filter(pk__lt=before)
    found = list(activities[: TIMELINE_PAGE + 1])
    more, found = len(found) > TIMELINE_PAGE, found[:TIMELINE_PAGE]
    return {
        "timeline": entries(
            account.workspace_id, found, [*contracts, *contacts], told_talks(account.workspace_id, found)
        ),
        "older_than": found[-1].pk if more else None,
    }


STANDING_SHOWN = {
    "paying": {"label": lists.STANDINGS[0][1], "tone": "good"},
    "churned": {"label": lists.STANDINGS[1][1], "tone": "risk"},
    "prospect": {"label": lists.STANDINGS[2][1], "tone": ""},
}


def _facts(account: Account, workspace, day) -> list[dict]:
    language = get_language()
    facts = [
        {
            "label": _("MRR"),
            "value": formats.money(account.mrr if account.customer_since else None, workspace.base_currency),
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
                "note": _distance(account.renewal_on, day),
            }
        )
    facts.append({"label": _("Owner"), "value": str(account.owner) if account.owner else formats.DASH})
    return facts


def _distance(on, day) -> str:
    """How far a day is from today, in words; "" for none."""
    if on is None:
        return ""
    days = (on - day).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


def _properties(account: Account, workspace) -> list[dict]:
    path = reverse("accounts:account_list", args=[workspace.slug])
    rows: list[dict] = [
        {"label": _("Short name"), "value": account.short_name},
        {"label": _("Former names"), "value": ", ".join(account.former_names)},
        {"label": _("Credit code"), "value": account.credit_code},
        {"label": _("Industry"), "value": account.industry},
        {"label": _("Region"), "value": account.region},
        {"label": _("Employees"), "value": None if account.employees is None else formats.number(account.employees)},
        {"label": _("Channel of origin"), "value": account.channel},
        {
            "label": _("Tags"),
            "value": "",
            "tags": [{"label": tag, "href": f"{path}?{urlencode({'tag': tag})}"} for tag in account.tags],
        },
        {"label": _("Website"), "value": account.website, "href": _website(account.website)},
        {"label": _("External id"), "value": account.external_id},
    ]
    rows += [
        {"label": dimension.label, "value": labels(workspace, dimension, [value])[value]}
        for dimension in dimensions(workspace)
        if dimension.field is not None and (value := account.custom.get(dimension.field.key))
    ]
    return rows


def _website(text: str) -> str:
    """`text` as a link, only where it is one: a script's address is none."""
    if text.startswith(("https://", "http://")):
        return text
    return f"https://{text}" if "." in text and ":" not in text and " " not in text else ""


def _warnings(contacts: list[Contact], account: Account, day) -> list[str]:
    """What is dangerous about who is known there, before the renewal comes."""
    if account.standing == "churned":
        return []
    distance = _distance(account.renewal_on, day) if account.renewal_on and account.renewal_on >= day else ""
    renewal = _("; the renewal is due %(distance)s") % {"distance": distance} if distance else ""
    found = []
    if not contacts:
        return [_("No contact is known") + renewal]
    if not any(BuyingRole.DECISION_MAKER in contact.roles for contact in contacts):
        found.append(_("No decision maker is known") + renewal)
    if len(contacts) == 1:
        found.append(_("Only one contact is known"))
    return found


@require_http_methods(["GET", "POST"])
def account_new(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def account_edit(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    return _form_page(request, _account_or_404(request.workspace, pk))


def _form_page(request, account: Account | None):
    form = AccountForm(
        request.POST if request.method == "POST" else None,
        workspace=request.workspace,
        account=account,
    )
    if request.method == "POST":
        result = write(form, save_accounts, workspace=request.workspace, by=request.actor, pk=account and account.pk)
        if result is not None:
            messages.success(request, _("Saved."))
            return redirect("accounts:account_page", request.workspace.slug, result.id)
    return render(
        request,
        "accounts/account_form.html",
        {
            "form": form,
            "account": account,
            "suggestions": queries.facets(request.workspace, "industry", "region", "channel"),
        },
        status=422 if form.is_refused else 200,
    )


@require_POST
def account_void(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    account = _account_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("accounts:account_page", slug, pk)
    void_account(workspace=request.workspace, pk=account.pk, reason=reason, by=request.actor)
    messages.success(request, _("%(name)s was voided, with its contracts and contacts.") % {"name": account})
    return redirect("accounts:account_list", slug)


def _account_or_404(workspace, pk) -> Account:
    return get_object_or_404(queries.standing_accounts(workspace), pk=pk)
