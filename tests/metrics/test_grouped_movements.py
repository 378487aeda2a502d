"""Movements in groups, with the sum of each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from tests.accounts.test_grouped_lists import heads, shown
from tests.metrics.test_overview_page import book  # noqa: F401 - a fixture
from workspaces.scope import workspace_scope


@pytest.fixture
def owned(book):  # noqa: F811
    with workspace_scope(book.workspace):
        Account.objects.filter(name="Alpha").update(owner=book.member)
        Account.objects.filter(name="Beta").update(owner=book.manager)
    return book


@pytest.mark.parametrize(
    "group, wanted",
    [
        ("month", [("February 2026", 3, "+¥1,750"), ("January 2026", 2, "+¥1,500")]),
        ("kind", [("New", 3, "+¥3,500"), ("Expansion", 1, "+¥250"), ("Churn", 1, "−¥500")]),
        ("owner", [("Manager", 2, "¥0"), ("Member", 2, "+¥1,250"), ("No owner", 1, "+¥2,000")]),
    ],
)
def test_movements_in_groups(owned, group, wanted):
    page = shown(owned, "movements/", group=group)
    assert heads(page) == wanted
    assert page.content.decode().count('class="group-head"') == len(wanted)
    assert all(head.href for head in page.context["list"].groups)
    assert page.context["summary"] == "5 movements · sum +¥3,250"


def test_groups_of_movements_within_days_lead_to_no_more_than_those(owned):
    span = {"from": "2026-02-06", "to": "2026-02-28"}
    assert heads(shown(owned, "movements/", group="month", **span)) == [("February 2026", 2, "−¥250")]
    kinds = heads(shown(owned, "movements/", group="kind", where="day:after:2026-01-31", q="alpha"))
    assert kinds == [("Expansion", 1, "+¥250")]


def test_months_of_movements_turn_with_the_order_of_the_list(owned):
    months = [head[0] for head in heads(shown(owned, "movements/", group="month", sort="date"))]
    assert months == ["January 2026", "February 2026"]
    months = [head[0] for head in heads(shown(owned, "movements/", group="month", sort="-amount"))]
    assert months == ["February 2026", "January 2026"]


def test_groups_of_movements_take_no_query_more_because_they_add_up(owned):
    client = owned.client(owned.viewer)
    client.get(owned.url("movements/"))
    with CaptureQueriesContext(connection) as plain:
        client.get(owned.url("movements/"))
    with CaptureQueriesContext(connection) as grouped:
        client.get(owned.url("movements/"), {"group": "month"})
    assert len(grouped) == len(plain)
