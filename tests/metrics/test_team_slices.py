"""A team as a part of the book: picked on dashboards, where its manager starts, by its people on the day."""

import datetime as dt
import re
from html import unescape

import pytest
from django.utils.html import escape

from accounts.actions import save_accounts, save_contracts
from metrics.closing import close_through
from tests.api.client import Api
from tests.cast import AT
from tests.metrics.test_overview_page import contract, tile
from workspaces.actions.members import change_member
from workspaces.actions.teams import save_team
from workspaces.scope import workspace_scope

UNTIL = dt.date(2026, 2, 28)


@pytest.fixture
def north(cast):
    """North is the manager's, who has 1,000 since January; its member has 500. The owner's 2,000 is nobody's team."""
    with workspace_scope(cast.workspace):
        by = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        team = save_team(name="North", manager=cast.manager, **by)
        change_member(pk=cast.member.pk, role="member", team=team, **by)
        rows = [("Alpha", "manager", 1000), ("Beta", "member", 500), ("Gamma", "owner", 2000)]
        owners = [{"external_id": name, "name": name, "owner": f"{owner}@example.com"} for name, owner, _mrr in rows]
        assert {row.status for row in save_accounts(rows=owners, day=dt.date(2026, 1, 1), **by)} == {"created"}
        save_contracts(rows=[contract(name, name, "2026-01-01", str(mrr)) for name, _owner, mrr in rows], **by)
    close_through(workspace=cast.workspace, until=UNTIL, at=AT)
    return team


def mrr(cast, person, query=""):
    return tile(cast.client(person).get(cast.url(query)), "mrr")["full"]


def test_a_manager_starts_on_their_own_team(cast, north):
    assert mrr(cast, cast.manager) == "¥1,500"
    assert mrr(cast, cast.manager, "?team=all") == "¥3,500"
    assert mrr(cast, cast.viewer) == "¥3,500"
    assert mrr(cast, cast.viewer, f"?team={north.pk}") == "¥1,500"


@pytest.mark.parametrize("path", ["", "breakdown/", "cohorts/"])
def test_every_sliced_dashboard_has_the_picker(cast, north, path):
    bar = cast.client(cast.manager).get(cast.url(path)).context["bar"]
    assert [one["label"] for one in bar.team_picker["options"]] == ["All teams", "North"]
    assert (bar.team_picker["value"], bar.words) == (str(north.pk), "Team: North")
    assert "team=" in bar.exact_url, "who follows a shared link sees the same"
    everybody = cast.client(cast.manager).get(cast.url(f"{path}?team=all")).context["bar"]
    assert everybody.exact_url == cast.url(f"{path}?team=all")


@pytest.mark.parametrize("path", ["", "breakdown/", "cohorts/"])
def test_every_sliced_dashboard_offers_the_parts_of_the_book(cast, north, path):
    client = cast.client(cast.manager)
    page = client.get(cast.url(f"{path}?team=all"))
    menus_url = page.context["bar"].choices_url
    # A menu that nothing opens is there and of no use.
    html = page.content.decode()
    assert 'popovertarget="filter-add"' in html
    assert f'data-load="{escape(menus_url)}"' in html
    answer = client.get(menus_url, headers={"HX-Request": "true"})
    offered = [choice for one in answer.context["menus"] for choice in one.choices]
    assert {"Member", "Owner"} <= {str(choice.label) for choice in offered}
    assert {choice.href.partition("?")[0] for choice in offered} == {cast.url(path)}
    assert all("team=all" in choice.href for choice in offered), "a choice narrows what is seen, not the manager's team"
    html = answer.content.decode()
    assert [choice.href for choice in offered if f'href="{escape(choice.href)}"' not in html] == []
    openers = [f'popovertarget="filter-{one.key}"' for one in answer.context["menus"]]
    assert [opener for opener in openers if opener not in html] == []
    assert {choice.href for choice in offered} <= set(_hrefs(client.get(menus_url))), "also without script"


def _hrefs(answer):
    return [unescape(href) for href in re.findall(r'href="([^"]*)"', answer.content.decode())]


def test_a_filter_in_force_says_its_value_and_offers_others(cast, north):
    client = cast.client(cast.viewer)
    page = client.get(cast.url(f"breakdown/?owner={cast.member.pk}&span=6&region=East"))
    bar = page.context["bar"]
    assert [(str(one.label), one.value_label) for one in bar.filters] == [("Owner", "Member"), ("Region", "East")]
    assert "Remove the filter Owner Member" in page.content.decode()
    menu = client.get(f"{bar.choices_url}&of=owner", headers={"HX-Request": "true"}).context["menu"]
    assert {str(choice.label): choice.current for choice in menu.choices}["Member"] is True
    assert all("span=6" in choice.href and "region=East" in choice.href for choice in menu.choices)
    offered = client.get(bar.choices_url, headers={"HX-Request": "true"}).context["menus"]
    assert "owner" not in [one.key for one in offered]


@pytest.mark.parametrize(
    "query", ["", "?at=https://example.com/", "?at=//example.com/w/acme/", "?at=/w/rival/", "?at=/w/acme/&of=nothing"]
)
def test_menus_are_of_pages_of_the_workspace(cast, north, query):
    answer = cast.client(cast.viewer).get(cast.url(f"narrow/{query}"))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("", 24),
        ("breakdown/", 20),
        ("cohorts/", 15),
        ("narrow/?at=/w/acme/&picker=1", 17),
    ],
)
def test_query_counts_of_a_team(cast, north, django_assert_max_num_queries, path, most):
    """Three of each are the test's own transaction; three find out who the team is."""
    client = cast.client(cast.manager)
    client.get(cast.url(path))
    with django_assert_max_num_queries(most):
        client.get(cast.url(path))


def test_links_keep_the_team_and_its_rows_add_up(cast, north):
    client = cast.client(cast.manager)
    page = client.get(cast.url())
    explained = client.get(tile(page, "mrr")["href"])
    assert explained.context["found"].value == 1500
    assert {row["label"] for row in explained.context["rows"]} == {"Alpha", "Beta"}
    assert f"team={north.pk}" in page.context["course"][0]["href"]
    steps = [(step["label"], step["value"]) for step in page.context["bridge"]["steps"]]
    assert steps == [("Jan 26", 1500.0), ("Feb 26", 1500.0)]


def test_what_cannot_be_told_of_a_part_says_so(cast, north):
    page = cast.client(cast.manager).get(cast.url())
    assert tile(page, "ltv_cac")["value"] == "—"
    assert "spen" in tile(page, "ltv_cac")["none"].lower()


def test_a_handed_over_account_counts_for_who_owned_it_then(cast, north):
    with workspace_scope(cast.workspace):
        row = {"external_id": "Alpha", "owner": "owner@example.com"}
        save_accounts(rows=[row], workspace=cast.workspace, by=cast.actor(cast.owner), day=dt.date(2026, 2, 10))
    close_through(workspace=cast.workspace, until=UNTIL, at=AT)
    page = cast.client(cast.manager).get(cast.url())
    steps = [(step["label"], step["value"]) for step in page.context["bridge"]["steps"]]
    assert steps == [("Jan 26", 1500.0), ("Leaving", -1000.0), ("Feb 26", 500.0)]


def test_an_empty_team_is_nobodys_book_and_an_unknown_one_is_refused(cast, north):
    with workspace_scope(cast.workspace):
        empty = save_team(name="South", manager=None, workspace=cast.workspace, by=cast.actor(cast.owner))
    assert mrr(cast, cast.viewer, f"?team={empty.pk}") == "¥0"
    page = cast.client(cast.viewer).get(cast.url("?team=00000000-0000-0000-0000-000000000001"))
    assert (page.context["bar"].refusals, tile(page, "mrr")["full"]) == (["Unknown."], "¥3,500")


def test_api_and_lists_know_teams(cast, north):
    api = Api(cast.api_key(scope="read"))
    rows = api.get("metrics/series/?metrics=mrr&from=2026-02&to=2026-02&team=North").json()["rows"]
    assert [row["mrr"] for row in rows] == ["1500.00"]
    found = api.get(f"accounts/?team={north.pk}&ordering=name").json()["results"]
    assert [row["name"] for row in found] == ["Alpha", "Beta"]
    assert api.get("metrics/series/?metrics=mrr&from=2026-02&to=2026-02&team=East").status_code == 400
    assert Api(cast.api_key(workspace=cast.rival)).get(f"accounts/?team={north.pk}").status_code == 400


def test_the_renewal_rate_is_told_by_team(cast, north):
    path = cast.url("renewals/rates/?interval=month")
    page = cast.client(cast.manager).get(path)
    assert page.context["team_picker"]["value"] == str(north.pk)
    everybody = cast.client(cast.manager).get(f"{path}&team=all")
    assert everybody.context["team_picker"]["value"] == "all"
    assert cast.client(cast.viewer).get(path).context["team_picker"]["value"] == "all"
