"""One account's page: its head, what is known of it, what it signed, what happened, and who decides there."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import lists, queries
from accounts.committee import committee
from accounts.contract_summary import axis, summarise
from accounts.distance import distance
from accounts.merges import heirs, merges_into
from accounts.models import Account
from accounts.properties import account_properties
from accounts.timeline import entries, told_talks
from accounts.views.account import account_or_404
from accounts.views.committee import committee_context
from workspaces import formats

TIMELINE_PAGE = 30
TASKS_SHOWN = 50


@require_GET
def account_page(request, slug, pk):
    account = queries.standing_accounts(request.workspace).filter(pk=pk).first()
    if account is None:
        # What was merged away leads to the account that has its facts.
        heir = heirs(request.workspace, [pk]).get(pk)
        if heir is None:
            raise Http404
        return redirect("accounts:account_page", slug, heir)
    day = request.workspace.local_day(timezone.now())
    contracts = list(
        queries.standing_contracts(request.workspace).filter(account=account).order_by("-starts_on", "-pk")
    )
    people = committee(account, day=day)
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
            "properties": account_properties(account, request.workspace),
            "summaries": summaries,
            "axis": axis(summaries, day=day, url_of=lambda one: reverse("accounts:contract_page", args=[slug, one.pk])),
            "tasks": list(queries.open_tasks_of(account)[:TASKS_SHOWN]),
            "proposals": proposals,
            "merges": merges_into(account),
            "today": day,
            **committee_context(request, account, people),
            **_timeline(account, people.contacts, contracts, before=None),
        },
    )


@require_GET
def account_timeline(request, slug, pk):
    """Older entries of an account's timeline: those before the activity `before`."""
    account = account_or_404(request.workspace, pk)
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
                "note": distance(account.renewal_on, day),
            }
        )
    facts.append({"label": _("Owner"), "value": str(account.owner) if account.owner else formats.DASH})
    return facts
