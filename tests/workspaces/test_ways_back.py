"""Where forms lead to when they are done: never to another server, whatever they were told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts import facts
from workspaces.ways_back import way_back

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "",
    "home",
    "evil.example",
    " /w/acme/",
    "\x00/w/acme/",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_an_address_that_is_not_ours_is_not_taken(wanted):
    assert way_back({"back": wanted}, "back", "/default/") == "/default/"


def test_a_path_is_taken_with_its_query():
    assert way_back({"back": "/w/acme/accounts/?q=1&page=2"}, "back", "/default/") == "/w/acme/accounts/?q=1&page=2"
    assert way_back({}, "back", "/default/") == "/default/"


@given(st.text(alphabet="/\\.:@?# \t\nae", max_size=12))
def test_whatever_is_taken_begins_with_one_slash(wanted):
    taken = way_back({"back": wanted}, "back", "/default/")
    assert taken.startswith("/")
    assert taken[1:2] not in ("/", "\\")


@pytest.mark.parametrize("wanted", ["https://evil.example/", "home", "no-such-route"])
def test_a_form_that_names_nonsense_leads_to_its_own_list(cast, wanted):
    """Never an error: a word without a slash was taken for a route's name."""
    task = facts.task(cast.workspace)
    client = cast.client(cast.member)
    answer = client.post(cast.url(f"tasks/{task.pk}/done/"), {"back": wanted})
    assert (answer.status_code, answer["Location"]) == (302, cast.url("tasks/"))
