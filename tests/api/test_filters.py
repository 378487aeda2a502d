"""Filters by field, ranges, several values, and what a client needs to keep a copy in step."""

import datetime as dt

import pytest

from tests.api.client import error_of
from tests.api.test_paging import walk


def ids(answer) -> list:
    assert answer.status_code == 200, answer.content
    return [row["external_id"] for row in answer.json()["results"]]


@pytest.fixture
def book(api):
    people = [
        {"external_id": "A1", "name": "A", "industry": "Retail", "owner": "owner@example.com"},
        {"external_id": "A2", "name": "B", "industry": "Energy"},
        {"external_id": "A3", "name": "C"},
    ]
    api.post("accounts/batch/", people)
    contract = {"account": "A1", "currency": "CNY"}
    days = [("2025-01-01", "2025-12-31"), ("2025-03-31", None), ("2025-04-01", "2025-06-30")]
    rows = [
        contract | {"external_id": f"C{n}", "starts_on": start, "ends_on": end} for n, (start, end) in enumerate(days)
    ]
    api.post("contracts/batch/", rows)
    contact = {"account": "A1", "name": "Wei"}
    api.post(
        "contacts/batch/",
        [
            contact | {"external_id": "P1", "roles": ["user", "signer"]},
            contact | {"external_id": "P2", "roles": ["budget_owner"]},
            contact | {"external_id": "P3"},
        ],
    )
    return api


def test_any_of_several_values(book):
    assert ids(book.get("accounts/", industry=["Retail", "Energy"])) == ["A1", "A2"]
    assert ids(book.get("accounts/", industry=["Retail", "Energy"], name="B")) == ["A2"]
    assert ids(book.get("contacts/", roles="user")) == ["P1"]
    assert ids(book.get("contacts/", roles=["signer", "budget_owner"])) == ["P1", "P2"]


def test_empty_asks_for_those_without(book):
    assert ids(book.get("accounts/", owner="")) == ["A2", "A3"]
    assert ids(book.get("accounts/", owner_id="")) == ["A2", "A3"]
    assert ids(book.get("accounts/", industry="")) == ["A3"]
    assert ids(book.get("accounts/", industry=["", "Energy"])) == ["A2", "A3"]
    assert ids(book.get("contracts/", ends_on="")) == ["C1"]
    assert ids(book.get("contacts/", account="A1", name="")) == []


def test_ranges_are_inclusive(book):
    assert ids(book.get("contracts/", starts_on_from="2025-03-31")) == ["C1", "C2"]
    assert ids(book.get("contracts/", starts_on_to="2025-03-31")) == ["C0", "C1"]
    assert ids(book.get("contracts/", starts_on_from="2025-03", starts_on_to="2025-Q1")) == ["C1"]
    assert ids(book.get("contracts/", ends_on_from="2025")) == ["C0", "C2"]
    book.post("spend/batch/", [{"date": f"2025-0{m}-15", "channel": "c", "amount": m} for m in range(1, 6)])
    months = [row["date"][:7] for row in book.get("spend/", **{"from": "2025-02", "to": "2025-04"}).json()["results"]]
    assert months == ["2025-02", "2025-03", "2025-04"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("contracts/", {"starts_on_from": "yesterday"}),
        ("contracts/", {"starts_on_to": "2025-13"}),
        ("spend/", {"from": "2025-02-30"}),
        ("accounts/", {"updated_since": "2025-01-01"}),
        ("accounts/", {"updated_since": "2025-01-01T00:00:00"}),
        ("accounts/", {"updated_since": "0001-01-01T00:00:00Z"}),
        ("accounts/", {"updated_until": "2025-02-30T00:00:00Z"}),
        ("accounts/", {"include_voided": "yes"}),
        ("accounts/", {"id": "7"}),
        ("contacts/", {"roles": "king"}),
    ],
)
def test_unreadable(book, path, words):
    assert list(error_of(book.get(path, **words), 400, "invalid")["fields"]) == list(words)


def test_a_copy_kept_in_step(book):
    """What docs/api.md tells a client to do: ask for what changed since the last one, voided rows included."""
    last = max(row["updated_at"] for row in book.get("accounts/").json()["results"])
    words = {"updated_since": last, "include_voided": "true", "ordering": "updated_at"}
    seen = set(ids(book.get("accounts/", **words)))
    first, second, _third = book.get("accounts/").json()["results"]
    book.patch(f"accounts/{second['id']}/", {"region": "East"})
    book.delete(f"accounts/{first['id']}/")
    book.post("accounts/", {"external_id": "A4", "name": "D"})
    changed = book.get("accounts/", **words).json()["results"]
    news = [row["external_id"] for row in changed if row["updated_at"] > last]
    assert news == ["A2", "A1", "A4"]
    assert {row["external_id"] for row in changed} == seen | set(news)
    voided = {row["external_id"]: row["voided_at"] is not None for row in changed}
    assert (voided["A1"], voided["A2"], voided["A4"]) == (True, False, False)
    pages = walk(book, book.get("accounts/", limit=1, **words), "next")
    assert [row["external_id"] for page in pages for row in page.json()["results"]] == [
        row["external_id"] for row in changed
    ]
    # Its contracts and contacts went with it, and say so.
    assert ids(book.get("contracts/")) == []
    assert all(row["voided_at"] for row in book.get("contracts/", include_voided="true").json()["results"])


def test_voided_only_when_asked(book):
    (account,) = book.get("accounts/", external_id="A2").json()["results"]
    book.delete(f"accounts/{account['id']}/")
    assert ids(book.get("accounts/", external_id="A2")) == []
    assert ids(book.get("accounts/", external_id="A2", include_voided="false")) == []
    path = f"accounts/{account['id']}/"
    error_of(book.get(path), 404, "not_found")
    shown = book.get(path, include_voided="true").json()
    assert shown["voided_at"] is not None
    assert dt.datetime.fromisoformat(shown["voided_at"]).tzinfo is not None
    error_of(book.patch(path, {"name": "X"}), 404, "not_found")
    assert book.get(path, include_voided="true").json() == shown


def test_offset_whose_plus_was_not_escaped(book):
    assert book.get("/api/v1/accounts/?updated_since=2020-01-01T00:00:00+08:00").status_code == 200


@pytest.mark.parametrize("offset", ["-17:16", "+16:00", "+23:59"])
def test_offsets_that_no_place_has_are_counted_too(book, offset):
    at = f"1981-07-24T18:12:51{offset}"
    assert len(ids(book.get("accounts/", created_since=at))) == len(ids(book.get("accounts/")))
