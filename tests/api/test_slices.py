"""Slices and explanations over the API: parameters, shapes, refusals; that the figures are right stands in tests/metrics."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Account, SavedFilter, TraitChange
from metrics.closing import close_through
from tests.api.client import error_of
from tests.metrics.books import after
from workspaces.scope import workspace_scope


@pytest.fixture
def closed(cast, api):
    """A (mining, tagged big) buys core for 100 a month from January and extra for 50 dollars from March; B (retail, came by
    search) pays 300 in January and February. A was in retail until 9 February. Closed through 15 May 2025.
    """
    line = {"quantity": 1, "interval": "month"}
    accounts = [
        {"external_id": "A", "name": "A", "industry": "mining", "tags": ["big", "old"]},
        {"external_id": "B", "name": "B", "industry": "retail", "channel": "search"},
    ]
    assert {row["status"] for row in api.post("accounts/batch/", accounts).json()["results"]} == {"created"}
    rows = [
        {"external_id": "C1", "account": "A", "currency": "CNY", "starts_on": "2025-01-10",
         "lines": [line | {"product": "core", "unit_amount": "100"}]},
        {"external_id": "C2", "account": "B", "currency": "CNY", "starts_on": "2025-01-20", "ends_on": "2025-02-28",
         "lines": [line | {"product": "core", "unit_amount": "300"}]},
        {"external_id": "C3", "account": "A", "currency": "USD", "starts_on": "2025-03-05",
         "lines": [line | {"product": "extra", "unit_amount": "50"}]},
    ]  # fmt: skip
    rates = [
        {"currency": "USD", "date": "2025-01-01", "rate": "7"},
        {"currency": "USD", "date": "2025-04-01", "rate": "6"},
    ]
    assert {row["status"] for row in api.post("contracts/batch/", rows).json()["results"]} == {"created"}
    assert {row["status"] for row in api.post("fx-rates/batch/", rates).json()["results"]} == {"created"}
    api.post("spend/", {"date": "2025-01-05", "channel": "search", "amount": "1000"})
    with workspace_scope(cast.workspace):
        TraitChange.objects.create(
            workspace=cast.workspace,
            account=Account.objects.get(external_id="A"),
            dimension="industry",
            changed_on=dt.date(2025, 2, 10),
            before=["retail"],
        )
        SavedFilter.objects.create(
            workspace=cast.workspace, name="Miners", is_shared=True, conditions={"industry": ["mining"]}
        )
    close_through(workspace=cast.workspace, until=dt.date(2025, 5, 15), at=after(dt.date(2025, 5, 15)))
    return cast.workspace


def table(answer, *keys):
    return [tuple(row[key] for key in ("period", *keys)) for row in answer.json()["rows"]]


def test_a_waterfall_of_a_slice_closes_with_entering_and_leaving(api, closed):
    keys = ("mrr_start", "new", "expansion", "churn", "entering", "leaving", "fx", "mrr_end")
    retail = api.get("metrics/bridge/", industry="retail", **{"to": "2025-03"})
    assert table(retail, *keys) == [
        ("2025-01", "0.00", "400.00", "0.00", "0.00", "0.00", "0.00", "0.00", "400.00"),
        ("2025-02", "400.00", "0.00", "0.00", "0.00", "0.00", "-100.00", "0.00", "300.00"),
        ("2025-03", "300.00", "0.00", "0.00", "-300.00", "0.00", "0.00", "0.00", "0.00"),
    ]
    mining = api.get("metrics/bridge/", industry="mining", **{"from": "2025-02"})
    assert table(mining, *keys) == [
        ("2025-02", "0.00", "0.00", "0.00", "0.00", "100.00", "0.00", "0.00", "100.00"),
        ("2025-03", "100.00", "0.00", "350.00", "0.00", "0.00", "0.00", "0.00", "450.00"),
        ("2025-04", "450.00", "0.00", "0.00", "0.00", "0.00", "0.00", "-50.00", "400.00"),
        ("2025-05", "400.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "400.00"),
    ]
    assert table(
        api.get("metrics/bridge/", industry="mining", rates_on="2025-01-01", **{"from": "2025-04"}), *keys
    ) == [
        ("2025-04", "450.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "450.00"),
        ("2025-05", "450.00", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "450.00"),
    ]
    moved = api.get("metrics/movements/", industry="mining").json()["results"]
    assert [(row["account"], row["date"], row["kind"], row["amount"]) for row in moved] == [
        ("A", "2025-02-10", "entering", "100.00"),
        ("A", "2025-03-05", "expansion", "350.00"),
    ]


def test_grouped_series(api, closed):
    answer = api.get("metrics/series/", metrics="mrr,spend", group_by="product", **{"from": "2025-04", "to": "2025-04"})
    product = {row["group"]["label"]: row for row in answer.json()["rows"]}
    assert [row["mrr"] for row in answer.json()["rows"]] == ["300.00", "100.00"]
    assert list(product) == ["extra", "core"]
    assert answer.json()["unavailable"].keys() == {"spend"}
    assert product["core"]["spend"] is None
    one = {"metrics": "mrr", "from": "2025-01", "to": "2025-01"}
    tags = api.get("metrics/series/", group_by="tag", **one).json()
    assert tags["is_overlapping"] is True
    assert [(row["group"], row["mrr"]) for row in tags["rows"]] == [
        ({"value": None, "label": "(none)", "kind": "none"}, "300.00"),
        ({"value": "big", "label": "big", "kind": "value"}, "100.00"),
        ({"value": "old", "label": "old", "kind": "value"}, "100.00"),
    ]
    few = api.get("metrics/series/", group_by="tag", limit_groups="1", **one).json()["rows"]
    assert [(row["group"]["kind"], row["mrr"]) for row in few] == [("none", "300.00"), ("other", "200.00")]
    by_channel = api.get("metrics/series/", group_by="channel", metrics="cac,new_customers", **{"to": "2025-01"})
    assert {row["group"]["value"]: (row["cac"], row["new_customers"]) for row in by_channel.json()["rows"]} == {
        "search": ("1000.00", 1),
        None: ("0.00", 1),
    }


def test_segment_owner_product_and_comparison(api, closed, cast):
    with workspace_scope(closed):
        miners = SavedFilter.objects.get(name="Miners").pk
    asked = {"metrics": "mrr", "from": "2025-02", "to": "2025-03"}
    assert table(api.get("metrics/series/", segment=str(miners), **asked), "mrr") == [
        ("2025-02", "100.00"),
        ("2025-03", "450.00"),
    ]
    assert table(api.get("metrics/series/", segment=str(miners), product="core", **asked), "mrr")[1] == (
        "2025-03",
        "100.00",
    )
    assert table(api.get("metrics/series/", product="nothing", **asked), "mrr") == [
        ("2025-02", "0.00"),
        ("2025-03", "0.00"),
    ]
    rows = api.get("metrics/series/", compare="previous", metrics="mrr", **{"to": "2025-02"}).json()["rows"]
    assert rows == [
        {"period": "2025-01", "closed": True, "mrr": "400.00", "compared": None},
        {"period": "2025-02", "closed": True, "mrr": "400.00", "compared": {"period": "2025-01", "mrr": "400.00"}},
    ]
    assert [row["compared"] for row in api.get("metrics/series/", compare="year", **asked).json()["rows"]] == [
        None,
        None,
    ]


def test_sliced_cohorts(api, closed):
    rows = api.get("metrics/cohorts/", industry="retail", measure="net_mrr").json()["rows"]
    assert [(row["cohort"], row["size"], row["first"], row["cells"][:4]) for row in rows] == [
        ("2025-01", 2, "400.00", ["1.000000", "1.000000", "1.125000", "1.000000"])
    ]
    cell = api.get(
        "metrics/cohorts/explain/", cohort="2025-01", period="2025-03", measure="net_mrr", industry="retail"
    ).json()
    assert (cell["value"], cell["working"]) == ("1.125000", "450.00 ÷ 400.00 = 1.125000")
    assert sorted((row["account"], row["first"], row["now"], row["value"]) for row in cell["results"]) == [
        ("A", "100.00", "450.00", "450.00"),
        ("B", "300.00", None, "0.00"),
    ]


def test_explanation(api, closed):
    found = api.get("metrics/gross_mrr_churn_rate/explain/", period="2025-03").json()
    assert found["working"] == "−(−300.00 + 0.00) ÷ 400.00 = 0.750000"
    assert (found["value"], found["part"], found["closed_through"]) == ("0.750000", "churn", "2025-05-15")
    assert [(one["name"], one["value"], one["rows_count"], one["sum"]) for one in found["inputs"]] == [
        ("churn", "-300.00", 1, "-300.00"),
        ("contraction", "0.00", 0, "0.00"),
        ("mrr_start", "400.00", 2, "400.00"),
    ]
    (row,) = found["results"]
    assert (row["account"], row["kind"], row["amount"], row["value"]) == ("B", "churn", "-300.00", "-300.00")
    assert found["settings"]["renewal_grace_days"] == 0
    sliced = api.get("metrics/mrr/explain/", period="2025-04", industry="mining", part="mrr_end").json()
    assert (sliced["value"], sliced["filters"]) == ("400.00", {"industry": ["mining"]})
    assert [(row["account"], row["balances"], row["value"]) for row in sliced["results"]] == [
        ("A", {"USD": "50.00"}, "400.00")
    ]
    fx = api.get("metrics/fx/explain/", period="2025-04").json()
    assert [(row["account"], row["mrr_start"], row["mrr_end"], row["value"]) for row in fx["results"]] == [
        ("A", "450.00", "400.00", "-50.00")
    ]


def test_explanation_page_by_page_and_as_a_file(api, closed):
    found, answer = [], api.get("metrics/customers/explain/", period="2025-01", limit=1)
    while True:
        found += [row["account"] for row in answer.json()["results"]]
        if answer.json()["next"] is None:
            break
        answer = api.get(answer.json()["next"].removeprefix("http://testserver"))
    assert sorted(found) == ["A", "B"]
    cursor = api.get("metrics/customers/explain/", period="2025-01", limit=1).json()["next"].partition("cursor=")[2]
    other = api.call("GET", f"metrics/quick_ratio/explain/?period=2025-01&part=new&cursor={cursor}")
    assert set(error_of(other, 400, "invalid")["fields"]) == {"cursor"}
    file = api.get("metrics/mrr/explain/", period="2025-01", export="csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Account id,Account,MRR"
    assert sorted(lines[1:]) == ["A,A,100.00", "B,B,300.00"]
    assert sum(Decimal(line.rsplit(",", 1)[1]) for line in lines[1:]) == Decimal(400)
    book = api.get("metrics/mrr/explain/", period="2025-01", export="xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")


@pytest.mark.parametrize(
    ("path", "words", "field"),
    [
        ("series", {"metrics": "mrr", "group_by": "mood"}, "group_by"),
        ("series", {"metrics": "mrr", "group_by": "custom.none"}, "group_by"),
        ("series", {"metrics": "mrr", "custom.none": "x"}, "custom.none"),
        ("series", {"metrics": "mrr", "segment": "big"}, "segment"),
        ("series", {"metrics": "mrr", "segment": "0198c0de-0000-7000-8000-000000000000"}, "segment"),
        ("series", {"metrics": "mrr", "size": "huge"}, "size"),
        ("series", {"metrics": "mrr", "owner": "nobody@example.com"}, "owner"),
        ("series", {"metrics": "mrr", "rates_on": "soon"}, "rates_on"),
        ("series", {"metrics": "mrr", "rates_on": "2024-12-31"}, "rates_on"),
        ("series", {"metrics": "mrr", "compare": "never"}, "compare"),
        ("series", {"metrics": "mrr", "limit_groups": "0"}, "limit_groups"),
        ("movements", {"industry": "retail", "account": "A"}, "account"),
        ("movements", {"industry": "retail", "cursor": "x"}, "cursor"),
        ("mrr/explain", {}, "period"),
        ("mrr/explain", {"period": "2025-13"}, "period"),
        ("mrr/explain", {"period": "2024-01"}, "period"),
        ("mrr/explain", {"period": "2025-01", "part": "churn"}, "part"),
        ("mrr/explain", {"period": "2025-01", "as_published": "2025-02-01"}, "as_published"),
        ("mrr/explain", {"period": "2025-01", "group_by": "industry"}, "group_by"),
        ("mrr/explain", {"period": "2025-01", "export": "pdf"}, "export"),
        ("mrr/explain", {"period": "2025-01", "cursor": "x"}, "cursor"),
        ("cohorts/explain", {"period": "2025-01"}, "cohort"),
        ("cohorts/explain", {"period": "2025-01", "cohort": "2025-03"}, "cohort"),
    ],
)
def test_parameter_refused(api, closed, path, words, field):
    error = error_of(api.get(f"metrics/{path}/", **words), 400, "invalid")
    assert list(error["fields"]) == [field]


def test_what_is_no_metric_has_no_explanation(api, closed):
    error_of(api.get("metrics/joy/explain/", period="2025-01"), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("series", {"metrics": "mrr,nrr,ltv,renewal_rate", "group_by": "industry"}),
        ("series", {"metrics": "mrr,nrr,ltv,renewal_rate", "group_by": "product"}),
        ("bridge", {"industry": "retail"}),
        ("movements", {"industry": "retail"}),
        ("cohorts", {"group_by": "industry"}),
        ("ltv_cac/explain", {"period": "2025-01"}),
        ("nrr/explain", {"period": "2025-01", "industry": "retail"}),
    ],
)
def test_queries(api, closed, path, words, django_assert_max_num_queries):
    with django_assert_max_num_queries(18):
        assert api.get(f"metrics/{path}/", **words).status_code == 200


def test_another_workspace_sees_nothing(rival, closed):
    with workspace_scope(closed):
        miners = SavedFilter.objects.get(name="Miners").pk
    assert rival.get("metrics/series/", metrics="mrr", industry="mining").json()["rows"] == []
    assert rival.get("metrics/movements/", industry="mining").json()["results"] == []
    error_of(rival.get("metrics/series/", metrics="mrr", segment=str(miners)), 400, "invalid")
    error_of(rival.get("metrics/mrr/explain/", period="2025-01"), 400, "invalid")
