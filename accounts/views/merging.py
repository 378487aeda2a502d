"""Duplicates: the pairs that look alike, two accounts side by side, what a merge did, and splitting it again."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import merges, queries
from accounts.actions import keep_apart, merge_accounts, split_accounts
from accounts.actions.merging import row_of
from accounts.duplicates import likely_duplicates
from accounts.families import names_of
from accounts.forms.merging import chosen_sides, field_choices, in_words, other_errors, own_dimensions
from accounts.models import Account, AccountMerge
from accounts.search import searched_accounts
from workspaces import roles
from workspaces.batch import Conflict, InvalidRow
from workspaces.ids import is_uuid
from workspaces.list_files import Column, ListFile, page_file, page_links
from workspaces.queries import name_behind
from workspaces.ways_back import way_back

PAIRS_A_PAGE = 50
PAIRS = ListFile(
    gettext_lazy("Likely duplicates"),
    (
        Column(gettext_lazy("Account id"), lambda pair: pair.first.external_id),
        Column(gettext_lazy("Account"), lambda pair: pair.first.name),
        Column(gettext_lazy("MRR"), lambda pair: pair.first.mrr),
        Column(gettext_lazy("Id of the other"), lambda pair: pair.second.external_id),
        Column(gettext_lazy("Looks like"), lambda pair: pair.second.name),
        Column(gettext_lazy("MRR of the other"), lambda pair: pair.second.mrr),
        Column(
            gettext_lazy("What they share"), lambda pair: "; ".join(f"{what} {value}" for what, value in pair.evidence)
        ),
    ),
)


@require_GET
def duplicates(request, slug):
    """The likeliest pairs of the workspace."""
    file = page_file(request, PAIRS, lambda: likely_duplicates(request.workspace))
    if file is not None:
        return file
    pages = Paginator(likely_duplicates(request.workspace), PAIRS_A_PAGE)
    number = request.GET.get("page", "1")
    page = pages.get_page(int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 1)
    path = reverse("accounts:account_duplicates", args=[slug])
    return render(
        request,
        "accounts/duplicates.html",
        {
            "pairs": page.object_list,
            "count": pages.count,
            "files": page_links(request, has_rows=bool(pages.count)),
            "previous": f"{path}?page={page.number - 1}" if page.has_previous() else "",
            "next": f"{path}?page={page.number + 1}" if page.has_next() else "",
            "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
        },
    )


@require_POST
def duplicates_keep_apart(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    pair = [_standing_or_404(request.workspace, request.POST.get(name)) for name in ("first", "second")]
    if pair[0].pk == pair[1].pk:
        raise Http404
    keep_apart(workspace=request.workspace, accounts=(pair[0], pair[1]), by=request.actor)
    messages.success(request, _("%(first)s and %(second)s stay apart.") % {"first": pair[0], "second": pair[1]})
    return redirect(way_back(request.POST, "back", reverse("accounts:account_duplicates", args=[slug])))


@require_http_methods(["GET", "POST"])
def account_merge(request, slug, pk):
    """Which account to merge into this one, and then the two side by side."""
    request.actor.require(roles.EDIT_FACTS)
    winner = _standing_or_404(request.workspace, pk)
    asked = request.POST.get("with") or request.GET.get("with") or request.GET.get("account") or ""
    wanted = asked.replace("\x00", "").strip()
    loser, error = _other(request.workspace, winner, wanted) if wanted else (None, "")
    if loser is None:
        return render(
            request,
            "accounts/merge_choice.html",
            {"account": winner, "wanted": wanted, "error": error},
            status=422 if error else 200,
        )
    errors = {}
    if request.method == "POST":
        take = chosen_sides(request.POST)
        try:
            merge = merge_accounts(workspace=request.workspace, winner=winner, loser=loser, take=take, by=request.actor)
        except InvalidRow as refusal:
            errors = refusal.errors
        else:
            # The toast makes a button of it (templates/base.html).
            undo = f"{reverse('accounts:merge_split', args=[slug, merge.pk])} split"
            text = _("%(loser)s was merged into %(winner)s.") % {"loser": loser, "winner": winner}
            messages.success(request, text, extra_tags=undo)
            return redirect("accounts:account_page", slug, winner.pk)
    given = {name.removeprefix("take-"): side for name, side in request.POST.items() if name.startswith("take-")}
    choices = field_choices(winner, loser, given, errors)
    return render(
        request,
        "accounts/merge_form.html",
        {
            "account": winner,
            "other": loser,
            "choices": [one for one in choices if one.is_open or one.follows],
            "same": [
                {"label": one.label, "value": one.options[0][1]}
                for one in choices
                if not one.is_open and not one.follows
            ],
            "errors": other_errors(choices, errors),
            "moves": merges.counted(merges.rows_of(loser)),
            "stays": merges.counted(merges.rows_of(winner)),
        },
        status=422 if errors else 200,
    )


@require_GET
def account_alike(request, slug, pk):
    """The accounts that look like this one, for the page that asks which to merge."""
    account = _standing_or_404(request.workspace, pk)
    found = [
        {"account": pair.other_than(account), "evidence": pair.evidence}
        for pair in likely_duplicates(request.workspace, account=account)
    ]
    return render(request, "accounts/merge_alike.html", {"account": account, "found": found})


@require_GET
def merge_page(request, slug, pk):
    """What a merge moved and changed, and what splitting it would do."""
    merge = _merge_or_404(request.workspace, pk)
    with transaction.atomic():
        outlook = merges.outlook(merge, row_of(merge.winner))
    parents = names_of(request.workspace, {pk for pk in merge.fields.get("parent_id", ()) if pk})
    known = {str(pk): name for pk, name in parents.items()}
    own = own_dimensions(request.workspace)

    def said(name: str, value: Any) -> str:
        return known.get(value, "") if name == "parent_id" else in_words(name, value, request.workspace, own)

    changed = [
        {
            "label": own[name].label if name in own else merges.field_in_words(name),
            "before": said(name, before),
            "after": said(name, after),
        }
        for name, (before, after) in merge.fields.items()
    ]
    return render(
        request,
        "accounts/merge_page.html",
        {
            "merge": merge,
            "by": name_behind(merge.by),
            "undone_by": name_behind(merge.undone_by),
            "moved": merges.counted(merges.rows_moved(merge)),
            "changed": changed,
            "outlook": outlook,
            "may_edit": request.actor.has_permission(roles.EDIT_FACTS),
        },
    )


@require_POST
def merge_split(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    merge = _merge_or_404(request.workspace, pk)
    try:
        found = split_accounts(workspace=request.workspace, merge=merge, by=request.actor)
    except Conflict as refusal:
        messages.error(request, " ".join(refusal.errors["row"]))
        return redirect("accounts:merge_page", slug, pk)
    messages.success(request, _("%(name)s is an account of its own again.") % {"name": merge.loser})
    if found.stays:
        stays = _("These stay with %(name)s: %(things)s.")
        messages.info(request, stays % {"name": merge.winner, "things": "; ".join(found.stays)})
    return redirect("accounts:account_page", slug, merge.loser_id)


def _standing_or_404(workspace, pk) -> Account:
    if not is_uuid(str(pk).lower()):
        raise Http404
    return get_object_or_404(queries.standing_accounts(workspace), pk=pk)


def _merge_or_404(workspace, pk) -> AccountMerge:
    rows = AccountMerge.objects.filter(workspace=workspace)
    return get_object_or_404(rows.select_related("winner__owner__user", "loser", "workspace"), pk=pk)


def _other(workspace, account: Account, wanted: str) -> tuple[Account | None, str]:
    """The account that was named by id, external id or name, and why there is none."""
    accounts = queries.standing_accounts(workspace).exclude(pk=account.pk)
    if is_uuid(wanted.lower()):
        found = list(accounts.filter(pk=wanted))
    else:
        found = list(accounts.filter(external_id=wanted)) or list(accounts.filter(name=wanted)[:2])
        found = found or list(searched_accounts(accounts, wanted).first[:2])
    if len(found) == 1:
        return found[0], ""
    if found:
        return None, _("Several accounts are called so; give the external id.")
    return None, _("There is no other account of that name.")
