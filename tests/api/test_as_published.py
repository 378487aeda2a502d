"""Published figures, restatements and settings through the API."""

import datetime as dt

import pytest

from metrics.closing import close_through
from tests.api.client import error_of
from tests.metrics.books import after

LINE = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}


@pytest.fixture
def restated(cast, api):
    """One customer from January 2025, closed through March on 1 April; a second one of February, told on 9 April."""

    def sign(key, starts_on):
        api.post("accounts/batch/", [{"external_id": key, "name": key}])
        row = {"external_id": f"C-{key}", "account": key, "currency": "CNY", "starts_on": starts_on, "lines": [LINE]}
        assert api.post("contracts/batch/", [row]).json()["results"][0]["status"] == "created"

    day = dt.date(2025, 3, 31)
    sign("A", "2025-01-10")
    close_through(workspace=cast.workspace, until=day, at=after(day))
    sign("B", "2025-02-20")
    close_through(workspace=cast.workspace, until=day, at=after(dt.date(2025, 4, 8)))
    return cast.workspace


def mrr(api, **words):
    rows = api.get("metrics/series/", metrics="mrr", **words).json()["rows"]
    return {row["period"]: row["mrr"] for row in rows}


def test_figures_as_they_were_published(api, restated):
    old = {"2025-01": "100.00", "2025-02": "100.00", "2025-03": "100.00"}
    assert mrr(api, as_published="2025-03-31") == {}
    assert mrr(api, as_published="2025-04-01") == mrr(api, as_published="2025-04-08") == old
    assert mrr(api, as_published="2025-04-09") == mrr(api) == old | {"2025-02": "200.00", "2025-03": "200.00"}
    assert mrr(api, as_published="2025-04-08", interval="quarter") == {"2025-Q1": "100.00"}
    bridge = api.get("metrics/bridge/", as_published="2025-04-08", **{"from": "2025-02"}).json()["rows"]
    assert [(row["period"], row["new"], row["mrr_end"], row["fx"]) for row in bridge] == [
        ("2025-02", "0.00", "100.00", "0.00"),
        ("2025-03", "0.00", "100.00", "0.00"),
    ]


@pytest.mark.parametrize("word", ["2025-03", "yesterday", "20250401", "2025-02-30", "0001-01-01", "9999-12-31", ""])
@pytest.mark.parametrize("path", ["metrics/series/", "metrics/bridge/"])
def test_a_malformed_day_is_refused(api, restated, path, word):
    words = {"as_published": word} | ({"metrics": "mrr"} if "series" in path else {})
    refusal = api.get(path, **words)
    assert list(error_of(refusal, 400, "invalid")["fields"]) == ["as_published"]


def test_restatements_say_what_was_published_and_why(api, restated, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        page = api.get("metrics/restatements/").json()
    assert [row["period"] for row in page["results"]] == ["2025-03", "2025-02", "2025-Q1"]
    march = page["results"][0]
    assert (march["published"]["mrr"], march["now"]["mrr"], march["now"]["customers"]) == ("100.00", "200.00", 2)
    assert (march["reason"], march["from_day"], march["facts_count"]) == ("facts", "2025-02-20", 1)
    (fact,) = march["facts"]
    assert (fact["type"], fact["label"], fact["accounts"], march["actors"]) == ("contract", "C-B", 1, [fact["actor"]])
    names = [row["period"] for row in api.get("metrics/restatements/", interval="quarter").json()["results"]]
    assert names == ["2025-Q1"]
    names = [row["period"] for row in api.get("metrics/restatements/", period="2025-02").json()["results"]]
    assert names == ["2025-02"]
    assert api.get("metrics/restatements/", interval="week").status_code == 400


def test_restatements_come_page_by_page_and_back(api, restated):
    pages, address = [], "/api/v1/metrics/restatements/?limit=1"
    while address:
        pages.append(api.call("GET", address.removeprefix("http://testserver")).json())
        address = pages[-1]["next"]
    whole = api.get("metrics/restatements/").json()["results"]
    assert [row for page in pages for row in page["results"]] == whole
    assert len(pages) == len(whole) == 3
    before = api.call("GET", pages[2]["previous"].removeprefix("http://testserver"))
    assert before.json()["results"] == pages[1]["results"]


def test_settings_since_when(api, restated):
    answer = api.get("settings/metrics/").json()
    assert answer["fiscal_year_start_month"] == 1
    (first,) = answer["rows"]
    assert first == first | {
        "effective_from": None,
        "renewal_grace_days": 0,
        "gross_margin_percent": "80",
        "nrr_window_months": 12,
        "reactivation_after_days": None,
        "churn_timing": "service_end",
    }
