"""Lists as boards: rows in columns by where they stand, each with how many there are, their sum, and the first of them.

A card moves by a submit button of the form that the board is, `move=<card>:<column>`; dragging presses the same button.
So what may be moved, and where to, stands in the page once, and the server answers it through an action as any other write.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, Value, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from workspaces.lists import ShownList

LAYOUT, BOARD = "layout", "board"
MOST_CARDS = 30


@dataclass(frozen=True)
class Column:
    """takes: cards can be moved to it. hint: what a move to it does, beside its name in the menu."""

    key: str
    label: Any
    takes: bool = True
    hint: Any = ""
    tone: str = ""


@dataclass(frozen=True)
class Filled:
    """What stands in a column: how many rows, the sum over all of them (None without one), and the first."""

    count: int = 0
    total: Any = None
    rows: Sequence[Any] = ()


@dataclass(frozen=True)
class Card:
    """id: of what the card is. lines: what is said under its title; amount: below it; tag: a status, with its tone."""

    id: str
    title: str
    href: str
    lines: Sequence[Any] = ()
    amount: str = ""
    amount_title: str = ""
    tag: Any = ""
    tone: str = ""
    is_moved: bool = False
    moves: Sequence[Column] = ()


@dataclass(frozen=True)
class ShownColumn:
    """A column as templates/components/board.html draws it."""

    column: Column
    count: int
    total: str = ""
    total_title: str = ""
    cards: list[Card] = field(default_factory=list)
    more_url: str = ""


def fill(
    rows: QuerySet, by: Any, *, order: Sequence[Any], total: str = "", most: int = MOST_CARDS
) -> Mapping[str, Filled]:
    """`rows` by the key of their column, which the expression `by` says, each with at most `most` of its own. Two queries.

    order: of the rows in a column, so that no two are equal. total: the field to add up.
    """
    rows = rows.annotate(board_column=by)
    sums = {"total": Sum(total, default=0)} if total else {}
    counted = rows.order_by().values("board_column").annotate(count=Count(Value(1)), **sums)
    place = Window(RowNumber(), partition_by=F("board_column"), order_by=list(order))
    first: dict[str, list[Any]] = {}
    for row in rows.annotate(board_place=place).filter(board_place__lte=most).order_by("board_column", "board_place"):
        first.setdefault(row.board_column, []).append(row)
    found = {
        one["board_column"]: Filled(one["count"], one.get("total"), first.get(one["board_column"], []))
        for one in counted
    }
    return defaultdict(Filled, found)


def moves_of(columns: Iterable[Column], here: str) -> list[Column]:
    """Where a card that stands in the column `here` can be moved to."""
    return [column for column in columns if column.takes and column.key != here]


def layouts(shown: ShownList, *, is_board: bool) -> list[dict]:
    """The switch between table and board, as templates/lists/views.html shows it."""
    return [
        {"label": _("Table"), "icon": "list", "href": shown.url_with(**{LAYOUT: ""}), "active": not is_board},
        {"label": _("Board"), "icon": "square-kanban", "href": shown.url_with(**{LAYOUT: BOARD}), "active": is_board},
    ]


def moved_answer(request, template: str, context: Mapping[str, Any], *, back: str) -> HttpResponse:
    """After a move: the board anew with what there is to say, or back to the page where it was asked for by a form."""
    if not request.htmx:
        return redirect(back)
    answer = render(request, template, dict(context))
    answer.write(render_to_string("shell/new_toasts.html", {"back": back}, request))
    return answer
