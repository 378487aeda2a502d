"""Every name and code that docs/api.md promises, asked for and answered: each collection × method × status."""

import datetime as dt
import re
from dataclasses import dataclass, field

import pytest
from django.conf import settings

from b2bops.api.openapi import REFUSALS, document
from tests.api.client import Api, error_of

NOBODYS = "0199aaaa-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Sample:
    """How one collection is spoken to. good: a body that can be created; other: a second one; change: a PATCH and what it
    shows; cleared: a field that null clears; bad: a body with one wrong field, and its path.
    """

    name: str
    good: dict
    other: dict
    change: dict
    cleared: str | None
    bad: tuple[dict, str]
    shown: dict = field(default_factory=dict)
    keeps: str = "external_id"
    # What filters that are no field of the object are asked for.
    asked: dict = field(default_factory=dict)
    # Whether voiding one lets another take its place.
    frees_key: bool = True


LINE = {"product": "core", "quantity": 2, "unit_amount": "1200", "interval": "year", "discount_percent": "15"}
CONTRACT = {"external_id": "C1", "account": "A0", "currency": "CNY", "starts_on": "2025-01-01", "ends_on": "2025-12-31"}
SAMPLES = [
    Sample(
        "accounts",
        {
            "external_id": "A1",
            "name": "Northwind",
            "industry": "Retail",
            "former_names": ["Nord"],
            "channel": "Fair",
            "tags": ["vip"],
            "owner": "owner@example.com",
            "employees": 30,
        },
        {"external_id": "A2", "name": "Southwind"},
        {"name": "North"},
        "industry",
        ({"external_id": "A3"}, "name"),
        asked={"tag": "vip", "size": "20-99"},
    ),
    Sample(
        "contacts",
        {"external_id": "P1", "account": "A0", "name": "Wei", "roles": ["user", "signer"], "title": "CTO"},
        {"external_id": "P2", "account": "A0", "name": "Lin"},
        {"name": "Wei Wei"},
        "title",
        ({"external_id": "P3", "account": "A0", "name": "X", "email": "no address"}, "email"),
    ),
    Sample(
        "products",
        {"external_id": "S1", "name": "Seats", "code": "S"},
        {"external_id": "S2", "name": "Storage"},
        {"name": "Seat"},
        "code",
        ({"external_id": "S3", "name": ""}, "name"),
    ),
    Sample(
        "contracts",
        CONTRACT | {"number": "2025-17", "lines": [LINE, LINE | {"product": "extra"}]},
        CONTRACT | {"external_id": "C2", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "renews": "C1"},
        {"lines": [LINE | {"quantity": 3}]},
        "number",
        (CONTRACT | {"external_id": "C3", "lines": [LINE | {"quantity": -1}]}, "lines.0.quantity"),
        {
            "lines": [
                {
                    "product": "core",
                    "quantity": "3",
                    "unit_amount": "1200.00",
                    "interval": "year",
                    "interval_months": None,
                    "discount_percent": "15",
                    "starts_on": None,
                    "ends_on": None,
                }
            ]
        },
    ),
    Sample(
        "fx-rates",
        {"currency": "USD", "date": "2025-01-01", "rate": "7.0938"},
        {"currency": "USD", "date": "2025-02-01", "rate": "7.1"},
        {"rate": "7.2"},
        None,
        ({"currency": "USD", "date": "2025-02-30", "rate": "7.1"}, "date"),
        keeps="currency",
    ),
    Sample(
        "spend",
        {"external_id": "X1", "date": "2025-01-01", "channel": "search", "amount": "1000.50", "note": "January"},
        {"external_id": "X2", "date": "2025-01-02", "channel": "search", "amount": "1"},
        {"amount": "2"},
        "note",
        ({"external_id": "X3", "date": "2025-01-01", "channel": "search", "amount": "-1"}, "amount"),
        {"amount": "2.00"},
    ),
    Sample(
        "custom-fields",
        {"external_id": "F1", "key": "plan", "name": "Plan", "kind": "choice", "choices": ["A", "B"]},
        {"external_id": "F2", "name": "Budget", "kind": "money"},
        {"name": "Package"},
        None,
        ({"external_id": "F3", "name": "Level", "kind": "choice"}, "choices"),
        frees_key=False,
    ),
    Sample(
        "saved-filters",
        {"external_id": "V1", "name": "Retail", "conditions": {"industry": ["Retail"], "size": ["20-99"]}},
        {"external_id": "V2", "name": "Fair", "conditions": {"channel": ["Fair"]}},
        {"name": "Shops"},
        None,
        ({"external_id": "V3", "name": "X", "conditions": {"size": ["7"]}}, "conditions.size"),
    ),
    Sample(
        "interactions",
        {
            "external_id": "I1",
            "account": "A0",
            "kind": "meeting",
            "happened_at": "2025-03-31T18:30:00+00:00",
            "contacts": ["P0"],
            "subject": "Renewal",
            "minutes": "They want more seats.",
            "next_step": "Send an offer",
            "next_step_on": "2025-04-07",
            "author": "owner@example.com",
        },
        {"external_id": "I2", "account": "A0", "kind": "note", "happened_on": "2025-01-02"},
        {"kind": "visit", "contacts": []},
        "next_step",
        ({"external_id": "I3", "account": "A0", "kind": "dream", "happened_on": "2025-01-02"}, "kind"),
    ),
    Sample(
        "tasks",
        {
            "external_id": "T1",
            "account": "A0",
            "title": "Call back",
            "note": "About the invoice",
            "due_on": "2025-04-01",
            "assignee": "member@example.com",
            "priority": "high",
        },
        {"external_id": "T2", "title": "Tidy up"},
        {"done_at": "2025-03-31T10:00:00+00:00"},
        "due_on",
        ({"external_id": "T3", "title": "X", "due_on": "2025-02-30"}, "due_on"),
    ),
]
EACH = pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])


@pytest.fixture
def api(api) -> Api:
    api.post("accounts/", {"external_id": "A0", "name": "First"})
    api.post("contacts/", {"external_id": "P0", "name": "First", "account": "A0"})
    return api


def listed(api, sample) -> list[dict]:
    rows = api.get(f"{sample.name}/", limit=200).json()["results"]
    return [row for row in rows if row["external_id"] not in ("A0", "P0")]


@EACH
def test_create_show_list_change_void(api, sample):
    path = f"{sample.name}/"
    answer = api.post(path, sample.good)
    assert answer.status_code == 201, answer.content
    made = answer.json()
    item = f"{path}{made['id']}/"
    assert answer["Location"].endswith(f"/api/v1/{item}")
    assert api.get(item).json() == made
    assert listed(api, sample) == [made]

    answer = api.patch(item, sample.change)
    assert answer.status_code == 200, answer.content
    changed = answer.json()
    expected = sample.shown or sample.change
    assert {name: changed[name] for name in expected} == expected
    assert changed[sample.keeps] == made[sample.keeps]
    if sample.cleared:
        assert made[sample.cleared] is not None
        assert changed[sample.cleared] == made[sample.cleared]
        assert api.patch(item, {sample.cleared: None}).json()[sample.cleared] is None

    answer = api.delete(item, {"reason": "entered twice"})
    assert (answer.status_code, answer.content) == (204, b"")
    error_of(api.get(item), 404, "not_found")
    error_of(api.patch(item, sample.change), 404, "not_found")
    error_of(api.delete(item), 404, "not_found")
    assert listed(api, sample) == []


@EACH
def test_voided_frees_its_key(api, sample):
    made = api.post(f"{sample.name}/", sample.good).json()
    api.delete(f"{sample.name}/{made['id']}/")
    again = api.post(f"{sample.name}/", sample.good)
    if not sample.frees_key:
        error_of(again, 409, "conflict")
        return
    assert again.status_code == 201, again.content
    assert again.json()["id"] != made["id"]


@EACH
def test_create_what_exists(api, sample):
    made = api.post(f"{sample.name}/", sample.good).json()
    assert error_of(api.post(f"{sample.name}/", sample.good), 409, "conflict")["fields"]
    assert listed(api, sample) == [made]


@EACH
def test_content_refused(api, sample):
    body, path = sample.bad
    assert list(error_of(api.post(f"{sample.name}/", body), 400, "invalid")["fields"]) == [path]
    assert "colour" in error_of(api.post(f"{sample.name}/", sample.good | {"colour": 1}), 400, "invalid")["fields"]
    assert listed(api, sample) == []
    made = api.post(f"{sample.name}/", sample.good).json()
    error_of(api.patch(f"{sample.name}/{made['id']}/", {"colour": 1}), 400, "invalid")
    error_of(api.patch(f"{sample.name}/{made['id']}/", {"id": NOBODYS}), 400, "invalid")
    error_of(api.delete(f"{sample.name}/{made['id']}/", {"because": "x"}), 400, "invalid")
    error_of(api.delete(f"{sample.name}/{made['id']}/", {"reason": ""}), 400, "invalid")
    assert listed(api, sample) == [made]


@EACH
def test_batch(api, sample):
    path = f"{sample.name}/batch/"
    body, wrong = sample.bad
    answer = api.post(path, [sample.good, body, sample.other, 7])
    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert [row["index"] for row in results] == [0, 1, 2, 3]
    assert [row["status"] for row in results] == ["created", "error", "created", "error"]
    assert [list(row["errors"]) for row in results] == [[], [wrong], [], ["row"]]
    assert results[0]["external_id"] == sample.good.get("external_id")
    assert {row["id"] for row in listed(api, sample)} >= {results[0]["id"], results[2]["id"]}
    again = api.post(path, [sample.good | sample.change, sample.other]).json()["results"]
    assert [(row["status"], row["id"]) for row in again] == [
        ("updated", results[0]["id"]),
        ("unchanged", results[2]["id"]),
    ]
    assert api.post(path, []).json() == {"results": []}


@EACH
def test_batch_limits(api, sample):
    path = f"{sample.name}/batch/"
    error_of(api.post(path, sample.good), 400, "malformed")
    error_of(api.post(path, [sample.good] * 1001), 413, "too_many_rows")
    twice = api.post(path, [sample.good, sample.good]).json()["results"]
    assert [row["status"] for row in twice] == ["created", "error"]


@EACH
def test_methods(api, sample):
    made = api.post(f"{sample.name}/", sample.good).json()
    for path, allowed in (
        (f"{sample.name}/", {"GET", "HEAD", "POST"}),
        (f"{sample.name}/batch/", {"POST"}),
        (f"{sample.name}/{made['id']}/", {"GET", "HEAD", "PATCH", "DELETE"}),
    ):
        for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - allowed:
            answer = api.call(method, path, b"{}")
            assert answer.status_code == 405
            assert set(answer["Allow"].split(", ")) == allowed
        if "HEAD" in allowed:
            assert (api.call("HEAD", path).status_code, api.call("HEAD", path).content) == (200, b"")
    assert listed(api, sample) == [made]


@EACH
def test_keys_and_scopes(cast, api, reader, rival, sample):
    made = api.post(f"{sample.name}/", sample.good).json()
    item = f"{sample.name}/{made['id']}/"
    assert reader.get(item).json() == made
    for answer in (
        reader.post(f"{sample.name}/", sample.good),
        reader.post(f"{sample.name}/batch/", [sample.good]),
        reader.patch(item, sample.change),
        reader.delete(item),
    ):
        error_of(answer, 403, "permission_denied")
    for answer in (rival.get(item), rival.patch(item, sample.change), rival.delete(item)):
        error_of(answer, 404, "not_found")
    assert rival.get(f"{sample.name}/").json()["results"] == []
    for path in (f"{sample.name}/", item):
        error_of(Api(None).get(path), 401, "not_authenticated")
    error_of(Api(None).post(f"{sample.name}/batch/", [sample.good]), 401, "not_authenticated")
    assert listed(api, sample) == [made]


NO_FIELDS = ("limit", "cursor", "include_voided", "expand", "segment", "team", "custom")


def field_of(word: str) -> str:
    """The field that a filter is of: `starts_on_from` is of starts_on, `from` of date."""
    if word in ("from", "to"):
        return "date"
    if word.endswith(("_since", "_until")):
        return f"{word.rpartition('_')[0]}_at"
    return word.removesuffix("_from").removesuffix("_to")


@EACH
def test_filters_and_orderings(api, sample):
    """Every filter and ordering that the schema names is taken; each filter finds the object by its own value."""
    made = api.post(f"{sample.name}/", sample.good).json()
    operation = document()["paths"][f"/api/v1/{sample.name}/"]["get"]
    names = [parameter["name"] for parameter in operation["parameters"]]
    assert {"limit", "cursor", "ordering", "external_id"} <= set(names)
    for parameter in operation["parameters"]:
        if parameter["name"] == "ordering":
            for word in parameter["schema"]["enum"]:
                assert api.get(f"{sample.name}/", ordering=word).status_code == 200, word
        elif parameter["in"] == "query" and parameter["name"] not in NO_FIELDS:
            name = parameter["name"]
            shown = {**made, **sample.asked}
            value = shown[name if name in shown else field_of(name)]
            if value == [] or (value is None and name not in made):
                continue  # neither a list of nothing nor a range has an empty word
            asked = "" if value is None else str(value).lower() if isinstance(value, bool) else value
            assert made in api.get(f"{sample.name}/", **{name: asked}).json()["results"], name


def test_renews_may_stand_later_in_the_batch(api):
    first = CONTRACT | {"external_id": "C1"}
    second = CONTRACT | {"external_id": "C2", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "renews": "C1"}
    results = api.post("contracts/batch/", [second, first]).json()["results"]
    assert [row["status"] for row in results] == ["created", "created"]
    assert api.get("contracts/", external_id="C2").json()["results"][0]["renews"] == "C1"


def test_unknown_products_and_channels_are_made(api):
    api.post("contracts/", CONTRACT | {"lines": [LINE]})
    assert [row["name"] for row in api.get("products/").json()["results"]] == ["core"]
    assert api.post("spend/", {"date": "2025-01-01", "channel": "fair", "amount": 5}).json()["channel"] == "fair"


def test_product_that_contracts_name_stays(api):
    api.post("contracts/", CONTRACT | {"lines": [LINE]})
    (product,) = api.get("products/").json()["results"]
    error_of(api.delete(f"products/{product['id']}/"), 409, "conflict")
    assert api.get("products/").json()["results"] == [product]


def test_void_reason_is_in_the_trail(cast, api):
    made = api.post("accounts/", {"external_id": "A1", "name": "Northwind"}).json()
    api.delete(f"accounts/{made['id']}/", words={"reason": "entered twice"})
    page = cast.client(cast.owner).get(cast.url("activity/"))
    assert "entered twice" in page.content.decode()


def test_guide_names_every_status_and_every_path():
    guide = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
    for status in REFUSALS:
        assert re.search(rf"^\| {status} \|", guide, re.MULTILINE), f"docs/api.md does not say when {status} comes"
    for path in document()["paths"]:
        name = path.removeprefix("/api/v1/").partition("/")[0]
        assert f"`{name}`" in guide or f"/{name}/" in guide, path


def test_instants_have_an_offset(api):
    made = api.post("accounts/", {"external_id": "A1", "name": "Northwind"}).json()
    assert dt.datetime.fromisoformat(made["created_at"]).tzinfo is not None
