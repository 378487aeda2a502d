"""Renewals that the product proposed: the open ones with both contracts, and the answers."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import queries
from accounts.actions import decide_renewal
from accounts.contract_summary import summarise
from accounts.models import RenewalProposal
from workspaces import formats, roles
from workspaces.batch import Conflict
from workspaces.exports import ROWS_AT_ONCE
from workspaces.keyset import BadCursor, Order, page_of
from workspaces.list_files import Column, ListFile, page_file, page_links
from workspaces.ways_back import way_back

PAGE = 25
# The latest entered first; ids are in order of time.
LATEST = Order("latest", "id", descending=True)
FILE = ListFile(
    gettext_lazy("Open renewals"),
    (
        Column(gettext_lazy("Account id"), lambda pair: pair["account"].external_id),
        Column(gettext_lazy("Account"), lambda pair: pair["account"].name),
        Column(gettext_lazy("This contract"), lambda pair: str(pair["before"].contract)),
        Column(gettext_lazy("Ends"), lambda pair: pair["before"].contract.ends_on),
        Column(gettext_lazy("MRR"), lambda pair: pair["before"].mrr),
        Column(gettext_lazy("Currency"), lambda pair: pair["before"].contract.currency),
        Column(gettext_lazy("May be renewed by"), lambda pair: str(pair["after"].contract)),
        Column(gettext_lazy("Starts"), lambda pair: pair["after"].contract.starts_on),
        Column(gettext_lazy("Its MRR"), lambda pair: pair["after"].mrr),
        Column(gettext_lazy("Its currency"), lambda pair: pair["after"].contract.currency),
        Column(gettext_lazy("Between them"), lambda pair: pair["gap"]),
    ),
)


@require_GET
def open_renewals(request, slug):
    workspace = request.workspace
    file = page_file(request, FILE, lambda: _all_pairs(workspace))
    if file is not None:
        return file
    try:
        page = page_of(queries.open_renewals(workspace), LATEST, cursor=request.GET.get("cursor", ""), size=PAGE)
    except BadCursor:
        page = page_of(queries.open_renewals(workspace), LATEST, size=PAGE)
    path = reverse("accounts:open_renewals", args=[slug])
    return render(
        request,
        "accounts/open_renewals.html",
        {
            "pairs": _pairs(workspace, page.rows),
            "files": page_links(request, has_rows=bool(page.rows)),
            "count": queries.open_renewals(workspace).order_by().count(),
            "next": f"{path}?cursor={page.next}" if page.next else "",
            "previous": f"{path}?cursor={page.previous}" if page.previous else "",
            "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
        },
    )


def _pairs(workspace, proposals: Sequence[RenewalProposal]) -> list[dict[str, Any]]:
    """Both contracts of each, as they stand today."""
    day = workspace.local_day(timezone.now())
    settings = queries.settings_by_day(workspace)
    ids = {pk for proposal in proposals for pk in (proposal.contract_id, proposal.predecessor_id)}
    contracts = {contract.pk: contract for contract in queries.standing_contracts(workspace).filter(pk__in=ids)}
    summaries = {pk: summarise(contract, day=day, settings=settings) for pk, contract in contracts.items()}
    return [
        {
            "proposal": one,
            "account": one.contract.account,
            "before": summaries[one.predecessor_id],
            "after": summaries[one.contract_id],
            "gap": _gap(one),
        }
        for one in proposals
    ]


def _all_pairs(workspace) -> Iterator[dict[str, Any]]:
    found = queries.open_renewals(workspace).order_by("-id").iterator(chunk_size=ROWS_AT_ONCE)
    for proposals in batched(found, ROWS_AT_ONCE):
        yield from _pairs(workspace, proposals)


def _gap(proposal: RenewalProposal) -> str:
    """How the second contract's start lies to the first one's end, in words."""
    end = proposal.predecessor.ends_on
    if end is None:  # it was opened since the question was asked
        return formats.DASH
    days = (proposal.contract.starts_on - end).days - 1
    if days == 0:
        return _("the day after")
    if days > 0:
        return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
    return ngettext("%(days)s day early", "%(days)s days early", -days) % {"days": -days}


@require_POST
def decide_renewals(request, slug):
    """Answers one or many proposals: `proposal` ids and `decision` yes or no."""
    request.actor.require(roles.EDIT_FACTS)
    confirm = request.POST.get("decision") == "yes"
    decided, refused = 0, []
    for text in request.POST.getlist("proposal"):
        try:
            decide_renewal(workspace=request.workspace, proposal_id=UUID(text), confirm=confirm, by=request.actor)
            decided += 1
        except Conflict as conflict:
            refused += [message for messages_ in conflict.errors.values() for message in messages_]
        except (ValueError, RenewalProposal.DoesNotExist):
            refused.append(_("This renewal is no longer open."))
    if decided and confirm:
        messages.success(request, ngettext("%(n)s renewal linked.", "%(n)s renewals linked.", decided) % {"n": decided})
    elif decided:
        messages.success(
            request,
            ngettext("%(n)s contract stays on its own.", "%(n)s contracts stay on their own.", decided)
            % {"n": decided},
        )
    for message in dict.fromkeys(refused):
        messages.error(request, message)
    return redirect(way_back(request.POST, "next", reverse("accounts:open_renewals", args=[slug])))
