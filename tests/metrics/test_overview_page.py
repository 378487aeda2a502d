"""The overview: what it says of a book whose figures are known, and of a workspace with nothing in it."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.actions import save_accounts, save_contracts, save_fx_rates
from leads.actions import save_spend
from metrics.closing import close_through
from metrics.models import ClosingFailure
from tests.cast import AT
from workspaces.models import Activity, Workspace
from workspaces.scope import workspace_scope

UNTIL = dt.date(2026, 2, 28)
LINE = {"product": "core", "quantity": 1, "interval": "month"}


def contract(key, account, starts, amount, **fields):
    return {
        "external_id": key,
        "account": account,
        "currency": "CNY",
        "starts_on": starts,
        "lines": [LINE | {"unit_amount": amount}],
        **fields,
    }


@pytest.fixture
def book(cast):
    """January: Alpha 1,000 and Beta 500. February: Beta leaves, Gamma joins with 2,000, Alpha grows by 250."""
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        names = ("Alpha", "Beta", "Gamma")
        save_accounts(rows=[{"external_id": name, "name": name} for name in names], **options)
        rows = [
            contract("A", "Alpha", "2026-01-01", "1000"),
            contract("B", "Beta", "2026-01-01", "500", ends_on="2026-02-10", cancelled_on="2026-02-01"),
            contract("C", "Gamma", "2026-02-05", "2000"),
            contract("D", "Alpha", "2026-02-15", "250"),
        ]
        assert all(result.status == "created" for result in save_contracts(rows=rows, **options))
        save_spend(rows=[{"date": "2026-02-03", "channel": "search", "amount": "3000"}], **options)
    close_through(workspace=cast.workspace, until=UNTIL, at=AT)
    return cast


def overview(cast, **query):
    return cast.client(cast.viewer).get(cast.url(), query)


def tile(response, key):
    return next(tile for tile in response.context["tiles"] if tile["key"] == key)


def test_tiles_say_value_change_and_sample(book):
    response = overview(book)
    assert response.status_code == 200
    assert (response.context["period"], response.context["is_open"]) == ("2026-02", False)
    mrr = tile(response, "mrr")
    assert (mrr["full"], mrr["delta"].text, mrr["delta"].tone) == ("¥3,250", "+116.7\N{NO-BREAK SPACE}%", "good")
    churn = tile(response, "customer_churn_rate")
    assert (churn["value"], churn["note"], churn["delta"]) == ("50.0\N{NO-BREAK SPACE}%", "1 left", None)
    assert tile(response, "customers")["value"] == "2"
    assert tile(response, "ltv_cac")["note"] == "CAC ¥3,000"
    assert tile(response, "nrr")["none"] == "no customers a year earlier"
    assert tile(response, "nrr")["value"] == "—"


@pytest.mark.parametrize("start_month", [1, 4, 12])
def test_all_figures_of_a_company_whatever_its_fiscal_year(book, start_month):
    Workspace.objects.filter(pk=book.workspace.pk).update(fiscal_year_start_month=start_month)
    close_through(workspace=book.workspace, until=UNTIL, at=AT)
    assert tile(overview(book), "mrr")["full"] == "¥3,250"
    for address in ("cohorts/?industry=", "cohorts/cell/?by=month&cohort=2026-01&period=2026-02&measure=customers"):
        assert book.client(book.viewer).get(book.url(address)).status_code == 200
    dashboard = book.client(book.viewer).get(book.url("dashboards/"), follow=True)
    assert dashboard.status_code == 200


def test_bridge_adds_up_and_its_bars_lead_to_their_rows(book):
    response = overview(book)
    steps = response.context["bridge"]["steps"]
    changes = [(step["role"], step["full"]) for step in steps]
    assert changes == [
        ("total", "¥1,500"),
        ("new", "+¥2,000"),
        ("expansion", "+¥250"),
        ("churn", "−¥500"),
        ("total", "¥3,250"),
    ]
    page = book.client(book.viewer).get(steps[1]["url"])
    assert page.context["found"].value == 2000
    assert [row["label"] for row in page.context["rows"]] == ["Gamma"]
    assert b"+\xc2\xa52,000" in page.content


def test_movements_keep_their_days_in_every_link(book):
    address = book.url("movements/?from=2026-02-01&to=2026-02-28")
    response = book.client(book.viewer).get(address)
    shown = response.context["list"]
    assert len(shown.rows) == 3
    assert response.context["summary"] == "3 movements · sum +¥1,750"
    assert response.context["chip"]["value"] == "2026-02-01 to 2026-02-28"
    churn = next(choice.href for choice in shown.filters[0].choices if choice.value == "churn")
    narrowed = book.client(book.viewer).get(churn)
    assert [row.account.name for row in narrowed.context["list"].rows] == ["Beta"]
    everything = book.client(book.viewer).get(response.context["chip"]["clear_url"])
    assert len(everything.context["list"].rows) == 5
    odd = book.client(book.viewer).get(book.url("movements/?from=2026-02-30&kind=nonsense&q=%00&cursor=x"))
    assert odd.status_code == 200


def test_period_and_comparison_stand_in_the_address(book):
    response = overview(book, period="2026-01", compare="year")
    assert response.context["period"] == "2026-01"
    assert tile(response, "mrr")["full"] == "¥1,500"
    assert tile(response, "mrr")["delta"] is None
    assert overview(book, period="1999-13").context["period"] == "2026-02"


def test_month_that_still_runs_is_said_to_run(book):
    close_through(workspace=book.workspace, until=dt.date(2026, 3, 10), at=AT)
    response = overview(book)
    assert response.context["period"] == "2026-02", "half a month is not compared with a whole one unasked"
    response = overview(book, period="2026-03")
    assert response.context["is_open"]
    assert response.context["mrr_course"]["so_far"] == "so far"
    assert "March 2026, so far" in [choice["label"] for choice in response.context["periods"]]


def test_changed_past_and_failed_closing_are_said(book):
    with workspace_scope(book.workspace):
        row = contract("E", "Beta", "2026-01-20", "10", currency="USD")
        save_contracts(workspace=book.workspace, rows=[row], by=book.actor(book.owner))
    assert b"Changes waiting" in overview(book).content
    with workspace_scope(book.workspace):
        ClosingFailure.objects.create(
            workspace=book.workspace, failed_at=AT, code="missing_rate", currency="USD", day=dt.date(2026, 1, 20)
        )
    page = overview(book).content.decode()
    assert "There is no USD exchange rate on or before 20 Jan 2026" in page
    assert "Last good figures" in page
    with workspace_scope(book.workspace):
        rate = {"currency": "USD", "date": "2026-01-01", "rate": "7"}
        save_fx_rates(workspace=book.workspace, rows=[rate], by=book.actor(book.owner))
    close_through(workspace=book.workspace, until=UNTIL, at=AT)
    assert "Last good figures" not in overview(book).content.decode()


def test_empty_workspace_says_what_lives_here_and_how_to_start(cast):
    page = overview(cast).content.decode()
    assert "Recurring revenue, and what moved it" in page
    owners = cast.client(cast.owner).get(cast.url()).content.decode()
    assert "Load the demo company" in owners
    assert "Load the demo company" not in page, "a viewer cannot load it"


def test_contracts_without_closing_are_told_to_be_closed(cast):
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        save_accounts(rows=[{"external_id": "Alpha", "name": "Alpha"}], **options)
        save_contracts(rows=[contract("A", "Alpha", "2026-01-01", "1000")], **options)
    assert "no day is closed yet" in overview(cast).content.decode()


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("", 15),
        ("breakdown/", 14),
        ("cohorts/", 13),
        ("unit-economics/", 19),
        ("renewals/", 19),
        ("renewals/rates/", 13),
        ("renewals/forecast/", 15),
    ],
)
def test_query_counts_do_not_grow_with_months_and_accounts(book, django_assert_max_num_queries, path, most):
    """Three of each are the savepoint and the scope of the test's own transaction."""
    client = book.client(book.viewer)
    client.get(book.url(path))
    with django_assert_max_num_queries(most):
        client.get(book.url(path))


def test_definitions_name_every_metric_and_the_settings(book):
    page = book.client(book.viewer).get(reverse("metrics:definitions", args=[book.workspace.slug]))
    for metric in page.context["metrics"]:
        assert f'id="{metric.key}"' in page.content.decode()
    assert {row["label"] for row in page.context["settings"]} >= {"Renewal grace", "Gross margin"}


def test_the_overview_goes_along_as_a_workbook_of_exact_figures(book):
    client = book.client(book.member)
    (link,) = [one["href"] for one in client.get(book.url()).context["files"]]
    answer = client.get(link)
    content = io.BytesIO(b"".join(answer.streaming_content))
    book_file = CalamineWorkbook.from_filelike(content)
    sheets = {name: book_file.get_sheet_by_name(name).to_python() for name in book_file.sheet_names}
    assert list(sheets) == ["About", "Metrics", "Movements", "What moved MRR"]
    assert dict(sheets["About"])["Figures as of"] == UNTIL
    metrics = {row[0]: row[1:] for row in sheets["Metrics"]}
    assert metrics["Metric"] == ["Jan 26", "Feb 26"]
    assert metrics["Monthly recurring revenue"] == [1500, 3250]
    assert metrics["Customer churn rate"] == ["", 0.5]
    bridge = dict(sheets["What moved MRR"])
    assert (bridge["MRR at start"], bridge["Churn"], bridge["MRR at end"]) == (1500, -500, 3250)
    assert book.client(book.viewer).get(book.url("?export=xlsx")).status_code == 403
    with workspace_scope(book.workspace):
        assert Activity.objects.get(verb="exported").subject_label == "overview-2026-02"
