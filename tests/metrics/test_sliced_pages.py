"""Unit economics, the forecast and own dashboards of a part of the book: whose they are, and what nobody can tell."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.actions import save_accounts, save_contracts
from leads.actions import save_spend
from metrics.closing import close_through
from metrics.dashboards.actions import make_dashboard
from metrics.forecast import forecast
from metrics.goal_setting import set_goals
from tests.cast import AT
from tests.metrics.test_overview_page import book, contract, tile  # noqa: F401
from tests.metrics.test_team_slices import UNTIL, north  # noqa: F401
from workspaces.scope import workspace_scope


@pytest.fixture
def channels(cast, north):  # noqa: F811
    """Alpha and Gamma came by search, for which 3,000 was spent, Beta by nobody knows what; Alpha ends in April."""
    with workspace_scope(cast.workspace):
        by = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        rows = [{"external_id": name, "channel": "search"} for name in ("Alpha", "Gamma")]
        save_accounts(rows=rows, day=dt.date(2026, 1, 1), **by)
        save_spend(rows=[{"date": "2026-01-03", "channel": "search", "amount": "3000"}], **by)
        save_contracts(rows=[contract("Alpha", "Alpha", "2026-01-01", "1000", ends_on="2026-04-15")], **by)
    close_through(workspace=cast.workspace, until=UNTIL, at=AT)
    return north


def economics(cast, person, query=""):
    return cast.client(person).get(cast.url(f"unit-economics/?interval=month&period=2026-01{query}"))


def test_unit_economics_of_a_team_say_what_is_known_of_it(cast, channels):
    page = economics(cast, cast.manager)
    lines = {one["line"].channel: one["line"] for one in page.context["lines"]}
    assert {key: (line.mrr, line.new_customers, line.new) for key, line in lines.items()} == {
        "search": (Decimal(1000), 1, Decimal(1000)),
        "": (Decimal(500), 1, Decimal(500)),
    }
    assert {line.spend for line in lines.values()} == {None}
    whole = page.context["told"].whole
    assert (whole.mrr, whole.customers, whole.new, whole.spend) == (1500, 2, 1500, None)
    assert (tile(page, "cac")["value"], "channel" in tile(page, "cac")["none"]) == ("—", True)
    text = page.content.decode()
    assert "cannot be told here" in text
    assert "Spend by campaign" not in text
    rows = cast.client(cast.manager).get(page.context["lines"][0]["href"])
    assert {row["label"] for row in rows.context["rows"]} == {"Alpha"}


def test_unit_economics_of_a_channel_know_its_spend(cast, channels):
    everything = economics(cast, cast.viewer)
    page = economics(cast, cast.viewer, "&channel=search")
    (line,) = [one["line"] for one in page.context["lines"]]
    assert line == next(one["line"] for one in everything.context["lines"] if one["line"].channel == "search")
    assert (line.spend, line.cac) == (3000, 1500)
    assert page.context["told"].whole.cac_spend == 3000
    assert tile(page, "cac")["full"] == "¥1,500"
    assert "cannot be told here" not in page.content.decode()


def test_the_file_of_a_part_is_of_the_part(cast, channels):
    page = economics(cast, cast.manager, "&download=csv")
    text = page.getvalue().decode("utf-8-sig")
    assert "1500" in text
    assert "3500" not in text


def test_the_forecast_of_a_team_adds_up_with_the_rest(cast, channels):
    whole = cast.client(cast.manager).get(cast.url("renewals/forecast/?team=all")).context["forecast"]
    own = cast.client(cast.manager).get(cast.url("renewals/forecast/"))
    rest = cast.client(cast.viewer).get(cast.url("renewals/forecast/?owner=owner@example.com")).context["forecast"]
    told = own.context["forecast"]
    assert (whole.mrr, told.mrr, rest.mrr) == (3500, 1500, 2000)
    assert [month.known for month in whole.months] == [
        one.known + other.known for one, other in zip(told.months, rest.months, strict=True)
    ]
    assert [quarter.value_due for quarter in told.quarters] == [quarter.value_due for quarter in whole.quarters]
    assert {quarter.value_due for quarter in rest.quarters} == {0}
    assert told.months[-1].known == 500
    assert "The renewal rate is the whole workspace's: 0 renewals of theirs" in own.content.decode()
    with workspace_scope(cast.workspace):
        assert forecast(cast.workspace, closed=UNTIL) == whole
    last = own.context["months"][-1]["href"]
    rows = cast.client(cast.manager).get(last).context["rows"]
    assert [(row.name, row.change) for row in rows] == [("Alpha", Decimal(-1000))]
    listed = own.context["quarters"][-1]["rows"]["all"]
    assert f"team={channels.pk}" in listed
    assert cast.client(cast.manager).get(listed).status_code == 200


def test_what_does_not_narrow_the_forecast_is_said(cast, channels):
    client = cast.client(cast.viewer)
    page = client.get(cast.url("renewals/forecast/?currency=CNY"))
    assert "do not narrow this page" in page.content.decode()
    assert page.context["forecast"].mrr == 3500
    assert client.get(cast.url("renewals/forecast/?industry=Nothing")).context["forecast"].mrr == 0


def test_own_dashboards_start_on_the_managers_team(cast, north):  # noqa: F811
    with workspace_scope(cast.workspace):
        made = make_dashboard(
            workspace=cast.workspace, name="Mine", is_shared=True, is_empty=False, like=None, by=cast.actor(cast.owner)
        )
    parts = {
        person: cast.client(person).get(cast.url(f"dashboards/{made.pk}/")).context["parts"][0].tile["full"]
        for person in (cast.manager, cast.viewer)
    }
    assert parts == {cast.manager: "¥1,500", cast.viewer: "¥3,500"}


@pytest.mark.parametrize(
    ("path", "metric", "chart", "name"),
    [
        ("unit-economics/?interval=month", "cac", "course", "CAC: Goal, at most"),
        ("unit-economics/?interval=month", "ltv", "course", "LTV: Goal"),
        ("renewals/rates/?interval=month", "renewal_rate", "chart", "By count: Goal"),
    ],
)
def test_goals_stand_on_every_chart_of_their_metric(book, path, metric, chart, name):  # noqa: F811
    with workspace_scope(book.workspace):
        set_goals(
            workspace=book.workspace,
            metric=metric,
            interval="month",
            team=None,
            values={dt.date(2026, 2, 1): Decimal("0.8")},
            by=book.actor(book.manager),
        )
    page = book.client(book.viewer).get(book.url(path))
    (goal,) = page.context[chart]["goals"]
    assert (goal["name"], goal["values"][-1]) == (name, 0.8)
    assert name in page.content.decode(), "in the table beside it as well"
