"""Parameters and shapes of the metric endpoints; that the figures are right is proven by the golden books."""

import datetime as dt

import pytest

from metrics.closing import close_through
from tests.api.client import error_of
from tests.metrics.books import after


@pytest.fixture
def closed(cast, api):
    """Two customers from January 2025, one gone after February; closed through 15 May 2025."""
    line = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    api.post("accounts/batch/", [{"external_id": "A", "name": "A"}, {"external_id": "B", "name": "B"}])
    rows = [
        {"external_id": "C1", "account": "A", "currency": "CNY", "starts_on": "2025-01-10", "lines": [line]},
        {
            "external_id": "C2",
            "account": "B",
            "currency": "CNY",
            "starts_on": "2025-01-20",
            "ends_on": "2025-02-28",
            "lines": [line | {"quantity": 3}],
        },
    ]
    assert {row["status"] for row in api.post("contracts/batch/", rows).json()["results"]} == {"created"}
    api.post("spend/", {"date": "2025-01-05", "channel": "search", "amount": "1000"})
    close_through(workspace=cast.workspace, until=dt.date(2025, 5, 15), at=after(dt.date(2025, 5, 15)))
    return cast.workspace


def test_registry(api):
    page = api.get("metrics/").json()
    assert (page["next"], page["previous"]) == (None, None)
    by_key = {row["key"]: row for row in page["results"]}
    assert {"mrr", "arr", "customers", "nrr", "grr", "ltv", "cac", "ltv_cac", "renewal_rate", "spend"} <= set(by_key)
    assert by_key["mrr"] == by_key["mrr"] | {"unit": "money", "name": "Monthly recurring revenue", "version": 1}
    assert by_key["mrr"]["formula"]


def test_series(api, closed):
    answer = api.get(
        "metrics/series/", metrics="mrr,customers,customer_churn_rate,cac", **{"from": "2025-01", "to": "2025-12"}
    )
    assert answer.json() == {
        "currency": "CNY",
        "rows": [
            {
                "period": "2025-01",
                "closed": True,
                "mrr": "400.00",
                "customers": 2,
                "customer_churn_rate": None,
                "cac": "500.00",
            },
            {
                "period": "2025-02",
                "closed": True,
                "mrr": "400.00",
                "customers": 2,
                "customer_churn_rate": "0.000000",
                "cac": None,
            },
            {
                "period": "2025-03",
                "closed": True,
                "mrr": "100.00",
                "customers": 1,
                "customer_churn_rate": "0.500000",
                "cac": None,
            },
            {
                "period": "2025-04",
                "closed": True,
                "mrr": "100.00",
                "customers": 1,
                "customer_churn_rate": "0.000000",
                "cac": None,
            },
            {
                "period": "2025-05",
                "closed": False,
                "mrr": "100.00",
                "customers": 1,
                "customer_churn_rate": "0.000000",
                "cac": None,
            },
        ],
    }


@pytest.mark.parametrize(
    ("words", "periods"),
    [
        ({}, ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"]),
        ({"from": "2025-02", "to": "2025-03"}, ["2025-02", "2025-03"]),
        ({"from": "2025-Q2"}, ["2025-04", "2025-05"]),
        ({"to": "2025-Q1"}, ["2025-01", "2025-02", "2025-03"]),
        ({"from": "2025", "to": "2025", "interval": "quarter"}, ["2025-Q1", "2025-Q2"]),
        ({"from": "2025-02-10", "interval": "year"}, ["2025"]),
        ({"from": "2026"}, []),
        ({"to": "2024"}, []),
    ],
)
def test_periods(api, closed, words, periods):
    for path in ("metrics/series/", "metrics/bridge/"):
        asked = words | ({"metrics": "mrr"} if "series" in path else {})
        assert [row["period"] for row in api.get(path, **asked).json()["rows"]] == periods


def test_nothing_closed(api):
    assert api.get("metrics/series/", metrics="mrr").json() == {"currency": "CNY", "rows": []}
    assert api.get("metrics/bridge/").json() == {"currency": "CNY", "rows": []}
    assert api.get("metrics/movements/").json() == {"results": [], "next": None, "previous": None}
    assert api.get("metrics/cohorts/").json() == {
        "currency": "CNY",
        "measure": "customers",
        "closed_through": None,
        "rows": [],
    }


def test_bridge(api, closed):
    rows = api.get("metrics/bridge/", **{"from": "2025-03", "to": "2025-03"}).json()["rows"]
    assert rows == [
        {
            "period": "2025-03",
            "closed": True,
            "mrr_start": "400.00",
            "new": "0.00",
            "expansion": "0.00",
            "contraction": "0.00",
            "churn": "-300.00",
            "reactivation": "0.00",
            "fx": "0.00",
            "mrr_end": "100.00",
            "customers_start": 2,
            "customers_end": 1,
            "new_customers": 0,
            "churned_customers": 1,
        }
    ]


def test_movements(api, closed):
    page = api.get("metrics/movements/").json()
    assert [(row["account"], row["date"], row["kind"], row["amount"]) for row in page["results"]] == [
        ("A", "2025-01-10", "new", "100.00"),
        ("B", "2025-01-20", "new", "300.00"),
        ("B", "2025-03-01", "churn", "-300.00"),
    ]
    assert len({row["id"] for row in page["results"]}) == 3


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ({"from": "2025-01-10", "to": "2025-01-20"}, 2),
        ({"from": "2025-01-11", "to": "2025-02"}, 1),
        ({"from": "2025-03"}, 1),
        ({"account": "B"}, 2),
        ({"kind": "churn"}, 1),
        ({"account": "nobody"}, 0),
    ],
)
def test_movements_filtered(api, closed, words, count):
    assert len(api.get("metrics/movements/", **words).json()["results"]) == count


def test_movements_page_by_page(api, closed):
    found, answer = [], api.get("metrics/movements/", limit=1)
    while True:
        found += [row["date"] for row in answer.json()["results"]]
        if answer.json()["next"] is None:
            break
        answer = api.get(answer.json()["next"].removeprefix("http://testserver"))
    assert found == ["2025-01-10", "2025-01-20", "2025-03-01"]


def test_cohorts(api, closed):
    answer = api.get("metrics/cohorts/", by="month", measure="net_mrr").json()
    (row,) = answer["rows"]
    assert (answer["closed_through"], row["cohort"], row["size"], row["first"]) == (
        "2025-05-15",
        "2025-01",
        2,
        "400.00",
    )
    assert row["cells"][:4] == ["1.000000", "1.000000", "0.250000", "0.250000"]


@pytest.mark.parametrize(
    ("path", "words", "field"),
    [
        ("series", {}, "metrics"),
        ("series", {"metrics": ","}, "metrics"),
        ("series", {"metrics": "mrr,happiness"}, "metrics"),
        ("series", {"metrics": "mrr", "from": "2025-13"}, "from"),
        ("series", {"metrics": "mrr", "from": "2025-1"}, "from"),
        ("series", {"metrics": "mrr", "to": "2025-Q5"}, "to"),
        ("series", {"metrics": "mrr", "to": "2025-02-30"}, "to"),
        ("series", {"metrics": "mrr", "from": "0000"}, "from"),
        ("series", {"metrics": "mrr", "from": "9999-12"}, "from"),
        ("series", {"metrics": "mrr", "from": "2025-02", "to": "2025-01"}, "from"),
        ("series", {"metrics": "mrr", "from": "1970", "to": "2199"}, "from"),
        ("series", {"metrics": "mrr", "interval": "week"}, "interval"),
        ("series", {"metrics": "mrr", "mood": "Happy"}, "mood"),
        ("bridge", {"interval": ""}, "interval"),
        ("bridge", {"metrics": "mrr"}, "metrics"),
        ("movements", {"kind": "fx"}, "kind"),
        ("movements", {"account_id": "7"}, "account_id"),
        ("movements", {"from": "yesterday"}, "from"),
        ("movements", {"limit": "1000"}, "limit"),
        ("cohorts", {"by": "week"}, "by"),
        ("cohorts", {"measure": "joy"}, "measure"),
    ],
)
def test_parameter_refused(api, path, words, field):
    error = error_of(api.get(f"metrics/{path}/", **words), 400, "invalid")
    assert list(error["fields"]) == [field]
    assert error["fields"][field][0]


def test_reads_only(api):
    for path in ("", "series/", "bridge/", "movements/", "cohorts/"):
        error_of(api.post(f"metrics/{path}", {}), 405, "method_not_allowed")


ALL_KEYS = "mrr,arr,customers,customer_churn_rate,nrr,grr,quick_ratio,arpa,asp,ltv,spend,cac,ltv_cac,renewal_rate"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("series", {"metrics": "mrr,customers"}),
        ("series", {"metrics": ALL_KEYS}),
        ("bridge", {}),
        ("movements", {}),
        ("cohorts", {}),
    ],
)
def test_queries(api, closed, path, words, django_assert_max_num_queries):
    api.get("metrics/")
    with django_assert_max_num_queries(8) as few:
        api.get(f"metrics/{path}/", **words, **({"from": "2025-05"} if path in ("series", "bridge") else {}))
    used = len(few.captured_queries)
    with django_assert_max_num_queries(used):
        assert api.get(f"metrics/{path}/", **words).status_code == 200


def test_another_workspace_sees_nothing(rival, closed):
    assert rival.get("metrics/movements/").json()["results"] == []
    assert rival.get("metrics/series/", metrics="mrr").json()["rows"] == []
