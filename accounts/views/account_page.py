"""One account's page: its head, what is known of it, what it signed, what happened, and who decides there."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import queries
from accounts.contract_summary import axis, summarise
from accounts.families import family_of
from accounts.merges import heirs, merges_into
from accounts.properties import account_properties
from accounts.views.account import account_or_404
from accounts.views.account_parts import part_contexts, timeline_context
from accounts.views.composer import composer_form
from workspaces.keyset import BadCursor

# The others are folded away.
CONTRACTS_SHOWN = 5


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
    parts = part_contexts(request, account, contracts, show=request.GET.get("show", ""))
    settings = queries.settings_by_day(request.workspace)
    summaries = [summarise(contract, day=day, settings=settings) for contract in contracts]
    proposals = list(queries.open_renewals(request.workspace).filter(contract__account=account))
    return render(
        request,
        "accounts/account_page.html",
        {
            "account": account,
            "properties": account_properties(account, request.workspace),
            "summaries": summaries,
            "recent": summaries[:CONTRACTS_SHOWN],
            "earlier": summaries[CONTRACTS_SHOWN:],
            "axis": axis(summaries, day=day, url_of=lambda one: reverse("accounts:contract_page", args=[slug, one.pk])),
            "proposals": proposals,
            "merges": merges_into(account),
            "family": family_of(account),
            **parts,
            "composer": composer_form(request, account, [one.contact for one in parts["members"]])
            if parts["may_edit"]
            else None,
        },
    )


@require_GET
def account_timeline(request, slug, pk):
    """The timeline alone: what `show` narrows it to, or the entries behind the cursor `before`."""
    account = account_or_404(request.workspace, pk)
    contacts = list(account.contacts.standing())
    cursor = request.GET.get("before", "")
    try:
        context = timeline_context(request, account, contacts, show=request.GET.get("show", ""), cursor=cursor)
    except BadCursor as error:
        raise Http404 from error
    context |= {"account": account, "is_older": bool(cursor)}
    if not request.htmx:
        return render(request, "accounts/account_timeline.html", context)
    template = "accounts/timeline.html#entries" if cursor else "accounts/timeline.html"
    return render(request, template, context)
