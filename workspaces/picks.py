"""The bar with what can be done to the rows that are picked from a list (templates/lists/picks.html)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.actor import Actor
from workspaces.exports import format_labels
from workspaces.list_files import DOWNLOAD
from workspaces.lists import ShownList

# The form that the boxes of the rows belong to, and the bar.
FORM = "picks"


@dataclass(frozen=True)
class Typed:
    """A value that is typed. name: of its field; kind: of the input; act: what the button says that sends it."""

    name: str
    label: Any
    act: Any
    kind: str = "text"
    most: int = 50
    suggestions: Sequence[str] = ()


@dataclass(frozen=True)
class Pick:
    """One button of the bar: with choices a menu, with something to be typed a small form, else it acts at once. Choices
    have `value` and `label`. is_download: its answer is a file, and the page stays.
    """

    key: str
    label: Any
    icon: str
    choices: Sequence[Any] = ()
    typed: Typed | None = None
    is_download: bool = False


@dataclass(frozen=True)
class Choice:
    value: str
    label: Any


@dataclass(frozen=True)
class Bar:
    """url: where the form goes. label: of the rows that are picked. matching: how many the list has, None where that is not
    known or all stand on the page. state: the list's, as a query string.
    """

    url: str
    label: Any
    edits: Sequence[Pick]
    matching: int | None
    state: str


def bar(shown: ShownList, *, by: Actor, url: str, label: Any, edits: Sequence[Pick]) -> Bar:
    """The bar that `by` sees, last in it what takes the rows along. What is typed stands first: Enter in its field presses
    the form's first button.
    """
    first = sorted(edits, key=lambda pick: pick.typed is None)
    if by.has_permission(roles.EXPORT):
        formats = [Choice(name, label) for name, label in format_labels()]
        first.append(Pick(DOWNLOAD, _("Export"), "download", formats, is_download=True))
    return Bar(
        url,
        label,
        first,
        None if shown.is_whole or shown.totals.is_capped else shown.totals.count,
        urlencode({key: value for key, value in shown.params.items() if value}),
    )
