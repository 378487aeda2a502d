"""Lists whose looks are kept under names. They stand in the apps that own the lists (settings.KEPT_LISTS), because this app
knows nothing of them; a list's address carries all that is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from workspaces.lists import SAVED
from workspaces.where import MOST_TEXT

# Parameters that say nothing of how the list looks; the last two are for the reader alone.
NOT_KEPT = (SAVED, "cursor", "download", "theme", "language")
MOST_PARAMETERS, LONGEST_VALUE = 60, MOST_TEXT


@dataclass(frozen=True)
class KeptList:
    """key: its name in rows and addresses. url_name: the list's page.

    unshareable(workspace, state) → why a view of that state would show something else to others; "" when it would not.
    """

    key: str
    url_name: str
    all_label: Any
    unshareable: Callable[[Any, Mapping[str, str]], Any] = lambda workspace, state: ""

    def path(self, slug: str) -> str:
        return reverse(self.url_name, args=[slug])


ACTIVITY = KeptList("activity", "workspaces:activity", _("Everything"))


def kept_list(key: str) -> KeptList | None:
    return _all().get(key)


@cache
def _all() -> dict[str, KeptList]:
    found = [import_string(name) for name in settings.KEPT_LISTS]
    return {one.key: one for one in found}


def state_of(parameters: Mapping[str, str]) -> dict[str, str]:
    """What of an address's parameters is kept."""
    return {key: value for key, value in parameters.items() if value and key not in NOT_KEPT}


def read_state(query: str) -> dict[str, str] | None:
    """The state that a query string carries; None for one that no list of ours would write."""
    try:
        pairs = parse_qsl(query, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        return None
    state = state_of(dict(pairs))
    texts = [*state, *state.values()]
    return state if all(len(text) <= LONGEST_VALUE and "\x00" not in text for text in texts) else None


def address(path: str, state: Mapping[str, str], saved: Any) -> str:
    """A list's page in `state`, as the view `saved`."""
    return f"{path}?{urlencode({SAVED: str(saved), **state}, safe=',')}"
