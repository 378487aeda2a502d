"""All renewals: as a list that can be taken along, and as a board on which they are moved from stage to stage."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, Sum
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import move_renewal
from accounts.models import Contract
from accounts.models.renewal_stage import Stage
from accounts.next_steps import NextStep, next_steps
from metrics.figures_state import figures_state
from metrics.kept_lists import RENEWALS
from metrics.models import UNSETTLED, Standing
from metrics.renewal_spec import coming_quarter, renewal_spec
from metrics.renewals import by_day, owners_of, stage_columns, tallies, term_ends, where_it_stands
from metrics.views.renewals import dress, renewal_tabs
from workspaces import formats, roles
from workspaces.batch import Conflict
from workspaces.board import BOARD, LAYOUT, Card, Filled, ShownColumn, fill, layouts, moved_answer, moves_of
from workspaces.board import Column as BoardColumn
from workspaces.list_files import Column, ListFile
from workspaces.list_page import ListPage, shown_list
from workspaces.list_views import ListViews
from workspaces.lists import ShownList
from workspaces.ways_back import way_back


@require_safe
def renewal_list(request, slug):
    """Every term end; `from` and `to` in the address bound the days, both inclusive. `download=csv` or `xlsx`: a file;
    `layout=board`: by stage.
    """
    workspace, state = request.workspace, figures_state(request.workspace)
    context: dict[str, Any] = {"state": state, "title": _("Renewals"), "tabs": renewal_tabs(workspace, "list")}
    if state.closed_through is None:
        return render(request, "metrics/renewal_list.html", context)
    page = ListPage(request, RENEWALS, opening=_opening(workspace, state.closed_through))
    owners, is_board = dict(owners_of(workspace)), request.GET.get(LAYOUT) == BOARD
    if page.answer is None:
        shown, days = _shown_list(request, page.views, state.closed_through, owners)
        page.take(shown, _renewal_file(workspace, owners))
    if page.answer is not None:
        return page.answer
    context |= {
        "layouts": layouts(shown, is_board=is_board),
        "placeholder": _("Search accounts"),
        "chip": {"field": _("Due"), "value": days, "clear_url": shown.url_without("from", "to")},
        "summary": _summary(shown.queryset, workspace.base_currency),
    }
    if is_board:
        context["board"] = _board(request, shown, owners)
    else:
        steps = next_steps(workspace, {row.account_id for row in shown.rows}) if _says_next(shown) else {}
        for row in shown.rows:
            dress(row, owners)
            row.next_step = _said(steps.get(row.account_id))
        context["rows"] = page.cells()
    return page.render("metrics/renewal_list.html", context)


def _opening(workspace, closed: dt.date) -> dict[str, str]:
    return {"quarter": coming_quarter(closed, workspace.fiscal_year_start_month)}


def _shown_list(request, views: ListViews | None, closed: dt.date, owners: dict) -> tuple[ShownList, str]:
    """The list that the address asks for, and the days that bound it in words."""
    workspace = request.workspace
    first, last = _day(request.GET.get("from")), _day(request.GET.get("to"))
    rows = term_ends(workspace, closed=closed).select_related("account", "contract")
    rows = rows.filter(day__gte=first) if first else rows
    rows = rows.filter(day__lte=last) if last else rows
    beside = {name: day.isoformat() for name, day in (("from", first), ("to", last)) if day}
    spec = renewal_spec(closed, owners, workspace)
    if request.GET.get(LAYOUT) == BOARD:
        # The rows of a board are read by column; of the list only the links are wanted.
        beside, spec = beside | {LAYOUT: BOARD}, replace(spec, size=1)
    return shown_list(request, views, spec, rows, beside=beside), _days(first, last)


def _says_next(shown: ShownList) -> bool:
    return any(column.key == "next_step" for column in shown.columns)


def _said(step: NextStep | None) -> str:
    if step is None:
        return ""
    return f"{step.text} · {formats.table_day(step.on)}" if step.on else step.text


def _board(request, shown: ShownList, owners: dict, *, moved: str = "") -> dict:
    """What templates/components/board.html draws: the list's rows by stage, the settled ones behind them."""
    workspace, language = request.workspace, get_language() or "en"
    columns = stage_columns()
    order = [*by_day(), F("worth").desc(nulls_last=True), F("contract_id").asc(), F("number").asc()]
    found = fill(shown.queryset, where_it_stands(), order=order, total="worth")
    rows = [row for filled in found.values() for row in filled.rows]
    steps = next_steps(workspace, {row.account_id for row in rows})
    may_move = request.actor.has_permission(roles.EDIT_FACTS)

    def card(row) -> Card:
        dress(row, owners)
        key = f"{row.contract_id}:{row.number}"
        lines = [f"{formats.table_day(row.day)} · {row.contract.number or row.contract.external_id or formats.DASH}"]
        lines += [text for text in (row.owner_name, _said(steps.get(row.account_id))) if text]
        is_settled = row.standing not in UNSETTLED
        return Card(
            id=key,
            title=row.account.name,
            href=reverse("accounts:contract_page", args=[workspace.slug, row.contract_id]),
            lines=lines,
            amount=formats.money_short(row.worth, workspace.base_currency, language),
            amount_title=formats.money(row.worth, workspace.base_currency),
            tag=row.standing_label if is_settled or row.standing == Standing.OPEN else "",
            tone=row.tone,
            is_moved=key == moved,
            moves=moves_of(columns, row.stage) if may_move and not is_settled else [],
        )

    def column(one: BoardColumn, filled: Filled) -> ShownColumn:
        has_more = filled.count > len(filled.rows)
        return ShownColumn(
            one,
            filled.count,
            formats.money_short(filled.total or 0, workspace.base_currency, language),
            formats.money(filled.total or 0, workspace.base_currency),
            [card(row) for row in filled.rows],
            shown.url_with(**{LAYOUT: "", "stage": one.key}) if has_more else "",
        )

    query = request.GET.urlencode()
    url = reverse("metrics:renewal_move", args=[workspace.slug])
    return {
        "url": f"{url}?{query}" if query else url,
        "columns": [column(one, found[one.key]) for one in columns],
    }


@require_POST
def renewal_move(request, slug):
    """Moves a renewal: `move` is contract, number and stage, with colons between. `token`, of an undo, says besides at which
    stage it must still be. The address carries the board's own.
    """
    request.actor.require(roles.EDIT_FACTS)
    workspace, closed = request.workspace, figures_state(request.workspace).closed_through
    if closed is None:
        raise Http404
    contract_id, number, stage, was = _asked(request.POST)
    row = (
        term_ends(workspace, closed=closed)
        .filter(contract_id=contract_id, number=number)
        .select_related("account")
        .first()
    )
    if row is None:
        raise Http404
    url = reverse("metrics:renewal_move", args=[slug])
    if row.standing not in UNSETTLED:
        messages.warning(request, _("%(name)s is settled: contracts say so, and stay.") % {"name": row.account.name})
    else:
        try:
            before, after = move_renewal(
                workspace=workspace, contract_id=contract_id, number=number, stage=stage, was=was, by=request.actor
            )
        except Contract.DoesNotExist as gone:
            raise Http404 from gone
        except Conflict as conflict:
            messages.warning(request, " ".join(conflict.errors["row"]))
        else:
            if before != after:
                said = _("%(name)s: %(stage)s") % {"name": row.account.name, "stage": after.label}
                undo = "" if was else f"{url} {contract_id}:{number}:{before}:{after}"
                messages.success(request, said, extra_tags=undo)
    if was is not None:
        return redirect(way_back(request.POST, "back", reverse("metrics:renewal_list", args=[slug])))
    views = ListViews(request, RENEWALS, opening=_opening(workspace, closed))
    owners = dict(owners_of(workspace))
    shown, _said_days = _shown_list(request, views, closed, owners)
    context = {"board": _board(request, shown, owners, moved=f"{contract_id}:{number}")}
    return moved_answer(request, "components/board.html", context, back=shown.first_url)


def _asked(post) -> tuple[UUID, int, str, str | None]:
    """(contract, number, stage, stage at which it must be)"""
    parts = (post.get("move") or post.get("token") or "").split(":")
    try:
        contract_id, number, stage = UUID(parts[0]), int(parts[1]), Stage(parts[2])
        was = Stage(parts[3]) if len(parts) > 3 else None
    except (ValueError, IndexError) as error:
        raise Http404 from error
    return contract_id, number, stage, was


def _renewal_file(workspace, owners: dict) -> ListFile:
    def owner(row):
        member = owners.get(row.owner_id)
        return str(member.user) if member else None

    of_currency = {"currency": workspace.base_currency}
    return ListFile(
        _("Renewals"),
        (
            Column(_("Account"), lambda row: row.account.name),
            Column(_("Account's external id"), lambda row: row.account.external_id),
            Column(_("Contract"), lambda row: row.contract.number),
            Column(_("Contract's external id"), lambda row: row.contract.external_id),
            Column(_("Due on"), lambda row: row.day),
            Column(_("Standing"), lambda row: Standing(row.standing).label),
            Column(_("Stage"), lambda row: Stage(row.stage).label),
            Column(_("Worth a month, %(currency)s") % of_currency, lambda row: row.worth),
            Column(_("Renewed, %(currency)s") % of_currency, lambda row: row.value_renewed),
            Column(_("Owner"), owner),
            Column(_("Successor starts on"), lambda row: row.succeeded_on),
            Column(_("Successor signed on"), lambda row: row.successor_signed_on),
        ),
    )


def _summary(rows, currency: str) -> str:
    """Count and worth of all matching rows, and how much of it was renewed."""
    found = tallies(rows)
    count = sum(one.count for one in found)
    renewals = ngettext("%(count)s renewal", "%(count)s renewals", count) % {"count": formats.number(count)}
    renewed = rows.order_by().aggregate(total=Sum("value_renewed"))["total"]
    parts = [
        renewals,
        _("worth %(amount)s a month") % {"amount": formats.money(sum(one.worth for one in found), currency, places=0)},
    ]
    if renewed:
        parts.append(_("renewed %(amount)s") % {"amount": formats.money(renewed, currency, places=0)})
    return " · ".join(parts)


def _days(first: dt.date | None, last: dt.date | None) -> str:
    """The span as a filter chip says it; empty when there is none."""
    ends = {"first": formats.table_day(first), "last": formats.table_day(last)}
    if first and last:
        return ends["first"] if first == last else _("%(first)s to %(last)s") % ends
    if first:
        return _("From %(first)s") % ends
    return _("Until %(last)s") % ends if last else ""


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
