"""Goals: exact in the metric's unit, reached the right way round, seen beside the figure and on its chart."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from metrics.closing import close_through
from metrics.goal_setting import set_goals
from metrics.goals import in_words, reached
from metrics.models import Goal
from tests.cast import AT
from tests.metrics.test_overview_page import book, overview, tile  # noqa: F401
from tests.metrics.test_team_slices import north  # noqa: F401
from workspaces.batch import InvalidRow
from workspaces.models import Activity
from workspaces.scope import workspace_scope

FEBRUARY, MARCH = dt.date(2026, 2, 1), dt.date(2026, 3, 1)
TEXTS = {"currency": "CNY", "language": "en"}


def set_month(cast, metric, value, *, day=FEBRUARY, team=None):
    with workspace_scope(cast.workspace):
        return set_goals(
            workspace=cast.workspace,
            metric=metric,
            interval="month",
            team=team,
            values={day: None if value is None else Decimal(value)},
            by=cast.actor(cast.manager),
        )


@pytest.mark.parametrize(
    ("value", "goal", "is_good_up", "is_closed", "share", "standing"),
    [
        ("820", "1000", True, True, "0.82", "missed"),
        ("1000", "1000", True, True, "1", "met"),
        ("820", "1000", True, False, "0.82", "open"),
        ("1200", "1000", True, False, "1.2", "met"),
        ("0.02", "0.03", False, True, None, "met"),
        ("0.04", "0.03", False, True, None, "missed"),
        ("0.02", "0.03", False, False, None, "open"),
        ("0", "0", False, True, None, "met"),
        ("-0.01", "0", False, True, None, "met"),
        ("50", "100", None, True, "0.5", "open"),
    ],
)
def test_reached_looks_which_way_is_good(value, goal, is_good_up, is_closed, share, standing):
    found = reached(Decimal(value), Decimal(goal), is_good_up=is_good_up, is_closed=is_closed)
    assert found.standing == standing
    if share is not None:
        assert found.share == Decimal(share)


@given(
    value=st.decimals(-(10**6), 10**6, places=2),
    goal=st.decimals(-(10**6), 10**6, places=2),
    is_good_up=st.booleans(),
)
def test_a_closed_period_is_met_or_missed_and_the_share_agrees(value, goal, is_good_up):
    found = reached(value, goal, is_good_up=is_good_up, is_closed=True)
    assert found.standing == ("met" if (value >= goal if is_good_up else value <= goal) else "missed")
    if found.share is not None and found.share != 1:
        assert (found.share > 1) == (value > goal)
    still = reached(value, goal, is_good_up=is_good_up, is_closed=False)
    assert still.standing != "missed"


def test_words_say_the_most_that_it_may_be():
    found = reached(Decimal("0.036"), Decimal("0.03"), is_good_up=False, is_closed=True)
    words = in_words("customer_churn_rate", found, Decimal("0.03"), is_closed=True, **TEXTS)
    assert words.replace("\N{NO-BREAK SPACE}", " ") == "120 % of at most 3.0 %"


def test_the_tile_and_the_chart_show_the_goal(book):  # noqa: F811
    set_month(book, "mrr", "4000")
    set_month(book, "customer_churn_rate", "0.03")
    page = overview(book)
    goal = tile(page, "mrr")["goal"]
    assert (goal["text"].replace("\N{NO-BREAK SPACE}", " "), goal["tone"], goal["bar"]) == (
        "81 % of ¥4,000",
        "risk",
        81,
    )
    assert tile(page, "customer_churn_rate")["goal"]["tone"] == "risk", "50 % left where at most 3 % were to"
    assert "goal" not in tile(page, "arr")
    assert page.context["mrr_course"]["goals"][0]["values"] == [None, 4000.0]
    assert b'<th scope="col" class="num">Goal</th>' in page.content
    chart = book.client(book.viewer).get(book.url("breakdown/?metric=customer_churn_rate")).context["chart"]
    assert (chart["goals"][0]["name"], chart["goals"][0]["values"][-1]) == ("Goal, at most", 0.03)


def test_a_period_that_runs_is_told_so_far(book):  # noqa: F811
    close_through(workspace=book.workspace, until=dt.date(2026, 3, 10), at=AT)
    set_month(book, "customers", "4", day=MARCH)
    goal = tile(overview(book, period="2026-03"), "customers")["goal"]
    assert (goal["text"].replace("\N{NO-BREAK SPACE}", " "), goal["tone"]) == ("50 % of 4 so far", "")


def test_a_team_has_goals_of_its_own(cast, north):  # noqa: F811
    set_month(cast, "mrr", "3000", team=north)
    client = cast.client(cast.manager)
    assert tile(client.get(cast.url()), "mrr")["goal"]["bar"] == 50
    assert "goal" not in tile(client.get(cast.url("?team=all")), "mrr")
    line = client.get(cast.url(f"settings/goals/?metric=mrr&year=2026&team={north.pk}")).context["lines"][1]
    assert (line["actual"], line["goal"]) == ("¥1,500", "¥3,000")


def test_a_year_is_set_at_once_in_the_unit_of_the_metric(book):  # noqa: F811
    client = book.client(book.manager)
    path = book.url("settings/goals/?metric=customer_churn_rate&interval=month&year=2026")
    answer = client.post(path, {"2026-01-01": "3%", "2026-02-01": "0.8", "2026-03-01": ""})
    assert answer.status_code == 302
    with workspace_scope(book.workspace):
        rows = dict(Goal.objects.values_list("starts_on", "value"))
        assert rows == {dt.date(2026, 1, 1): Decimal("0.03"), FEBRUARY: Decimal("0.008")}
        told = Activity.objects.get(subject_type="goal")
        assert told.after == {"2026-01-01": "0.03", "2026-02-01": "0.008"}
    assert client.post(path, {"2026-01-01": "3", "2026-02-01": ""}).status_code == 302
    page = client.get(path)
    assert [line["field"].value() for line in page.context["lines"][:2]] == ["3", None]
    assert [(one["label"], one["count"]) for one in page.context["others"]] == [("Customer churn rate", "1")]


def test_what_people_write_in_money_is_understood(book):  # noqa: F811
    path = book.url("settings/goals/?metric=mrr&interval=quarter&year=2026")
    book.client(book.manager).post(path, {"2026-01-01": "150万", "2026-04-01": "1,600,000.50"})
    with workspace_scope(book.workspace):
        assert list(Goal.objects.order_by("starts_on").values_list("value", flat=True)) == [
            Decimal("1500000"),
            Decimal("1600000.5"),
        ]


@pytest.mark.parametrize("text", ["much", "1e30", "1.005", "9" * 40])
def test_what_cannot_be_a_goal_is_refused_and_nothing_is_written(book, text):  # noqa: F811
    path = book.url("settings/goals/?metric=mrr&year=2026")
    answer = book.client(book.manager).post(path, {"2026-01-01": "1000", "2026-02-01": text})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"2026-02-01"}
    with workspace_scope(book.workspace):
        assert not Goal.objects.exists()


def test_who_enters_money_sets_goals_and_others_read(book):  # noqa: F811
    for person in (book.member, book.viewer):
        client = book.client(person)
        assert client.post(book.url("settings/goals/"), {"2026-01-01": "1"}).status_code == 403
        page = client.get(book.url("settings/goals/"))
        assert page.status_code == 200
        assert not page.context["may_edit"]
        with pytest.raises(PermissionDenied), workspace_scope(book.workspace):
            set_goals(workspace=book.workspace, metric="mrr", interval="month", values={}, by=book.actor(person))


@pytest.mark.parametrize("query", ["metric=x", "year=9999", "year=-1", "interval=day", "team=x", "team=%00"])
def test_odd_addresses_show_something(book, query):  # noqa: F811
    assert book.client(book.viewer).get(book.url(f"settings/goals/?{query}")).status_code == 200


def test_goals_stay_in_their_workspace(cast, north):  # noqa: F811
    set_month(cast, "mrr", "3000", team=north)
    with workspace_scope(cast.rival):
        assert not Goal.objects.exists()
        with pytest.raises(InvalidRow):
            set_goals(
                workspace=cast.rival,
                metric="mrr",
                interval="month",
                team=north,
                values={FEBRUARY: Decimal(1)},
                by=cast.actor(cast.stranger),
            )


def test_quarters_follow_the_fiscal_year(cast):
    cast.workspace.fiscal_year_start_month = 4
    cast.workspace.save()
    page = cast.client(cast.viewer).get(cast.url("settings/goals/?metric=mrr&interval=quarter&year=2026"))
    assert [line["field"].name for line in page.context["lines"]] == [
        "2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01",
    ]  # fmt: skip


def test_goals_that_others_set_meanwhile_stay(book):  # noqa: F811
    client, path = book.client(book.manager), book.url("settings/goals/?metric=mrr&year=2026")
    typed = {"2026-01-01": "1000", "2026-02-01": "", "seen": client.get(path).context["seen"]}
    owner = book.client(book.owner)
    assert owner.post(path, {"2026-02-01": "2000"}).status_code == 302
    assert (
        "What others changed meanwhile stays: February 2026." in client.post(path, typed, follow=True).content.decode()
    )
    with workspace_scope(book.workspace):
        assert dict(Goal.objects.values_list("starts_on", "value")) == {dt.date(2026, 1, 1): 1000, FEBRUARY: 2000}
    # Of what both set, nothing is written before it is looked at.
    typed = {"2026-01-01": "1500", "2026-02-01": "2000", "seen": client.get(path).context["seen"]}
    assert owner.post(path, {"2026-01-01": "1800", "2026-02-01": "2000"}).status_code == 302
    refused = client.post(path, typed)
    assert refused.status_code == 422
    assert refused.context["form"].errors["2026-01-01"] == [
        "Changed meanwhile; it says “1800”. Save again to replace it."
    ]
    assert "Owner changed this while the form was open." in refused.content.decode()
    assert client.post(path, typed | {"seen": refused.context["seen"]}).status_code == 302
    with workspace_scope(book.workspace):
        assert Goal.objects.get(starts_on=dt.date(2026, 1, 1)).value == 1500
