import pytest

from accounts.actions import save_own_filters
from tests.api.client import error_of
from workspaces.scope import workspace_scope


def test_account_create_and_read(api):
    answer = api.post("accounts/", {"external_id": "A1", "name": "Northwind", "industry": "Retail"})
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["external_id"] == "A1"
    assert made["legal_name"] is None
    assert made["mrr"] == "0.00"
    assert answer["Location"].endswith(f"/api/v1/accounts/{made['id']}/")
    assert api.get(f"accounts/{made['id']}/").json() == made
    assert api.get("accounts/").json() == {"results": [made], "next": None, "previous": None}


def test_account_create_existing(api):
    api.post("accounts/", {"external_id": "A1", "name": "Northwind"})
    error = error_of(api.post("accounts/", {"external_id": "A1", "name": "Again"}), 409, "conflict")
    assert list(error["fields"]) == ["external_id"]
    assert [row["name"] for row in api.get("accounts/").json()["results"]] == ["Northwind"]


def test_account_patch(api):
    made = api.post(
        "accounts/", {"external_id": "A1", "name": "Northwind", "industry": "Retail", "region": "East"}
    ).json()
    answer = api.patch(f"accounts/{made['id']}/", {"industry": None, "name": "North"})
    assert answer.status_code == 200, answer.content
    assert {name: answer.json()[name] for name in ("name", "industry", "region", "external_id")} == {
        "name": "North",
        "industry": None,
        "region": "East",
        "external_id": "A1",
    }


def test_account_void(api):
    made = api.post("accounts/", {"external_id": "A1", "name": "Northwind"}).json()
    answer = api.delete(f"accounts/{made['id']}/", words={"reason": "entered twice"})
    assert (answer.status_code, answer.content) == (204, b"")
    error_of(api.get(f"accounts/{made['id']}/"), 404, "not_found")
    error_of(api.delete(f"accounts/{made['id']}/"), 404, "not_found")
    assert api.get("accounts/").json()["results"] == []


@pytest.fixture
def fields(api):
    """The workspace's own fields: plan (choice), budget (money), since (date), guide (person), seats (number)."""
    kinds = {"plan": "choice", "budget": "money", "since": "date", "guide": "person", "seats": "number"}
    rows = [{"key": key, "name": key.title(), "kind": kind} for key, kind in kinds.items()]
    rows[0]["choices"] = ["A", "B"]
    results = api.post("custom-fields/batch/", rows).json()["results"]
    assert {row["status"] for row in results} == {"created"}
    return {key: row["id"] for key, row in zip(kinds, results, strict=True)}


CUSTOM = {"plan": "A", "budget": 50000, "since": "2025-03-31", "guide": "Manager@example.com", "seats": "12.50"}
SHOWN = CUSTOM | {"budget": "50000.00", "guide": "manager@example.com", "seats": "12.5"}


def test_custom_values_absent_keeps_and_null_clears(api, fields):
    made = api.post("accounts/", {"name": "Northwind", "tags": ["b", "a", "b"], "custom": CUSTOM}).json()
    assert (made["custom"], made["tags"]) == (SHOWN, ["a", "b"])
    path = f"accounts/{made['id']}/"
    changed = api.patch(path, {"custom": {"plan": "B", "since": None}}).json()
    assert changed["custom"] == {key: value for key, value in SHOWN.items() if key != "since"} | {"plan": "B"}

    wrong = {"plan": "C", "budget": "much", "since": "31.3.2025", "guide": "x@example.com", "seats": True, "other": 1}
    error = error_of(api.patch(path, {"custom": wrong, "tags": ["a,b"]}), 400, "invalid")
    assert set(error["fields"]) == {"tags.0"}
    error = error_of(api.patch(path, {"custom": wrong}), 400, "invalid")
    assert set(error["fields"]) == {f"custom.{key}" for key in wrong}
    assert api.get(path).json() == changed

    assert api.patch(path, {"custom": {"budget": "-0"}}).json()["custom"]["budget"] == "0.00"

    # An archived field is neither shown nor written, and its value is there again when it is restored.
    assert api.delete(f"custom-fields/{fields['budget']}/").status_code == 204
    assert "budget" not in api.get(path).json()["custom"]
    error_of(api.patch(path, {"custom": {"budget": 1}}), 400, "invalid")
    assert api.patch(path, {"custom": None}).json()["custom"] == {}


def test_account_filters_ask_for_any_and_hold_together(api, fields):
    rows = [
        {"name": "A", "industry": "Retail", "tags": ["x", "y"], "employees": 20, "custom": {"plan": "A"}},
        {"name": "B", "industry": "Energy", "tags": ["y"], "employees": 99, "custom": {"seats": 5, "plan": "B"}},
        {"name": "C", "channel": "Fair", "owner": "member@example.com", "employees": 2000},
    ]
    api.post("accounts/batch/", rows)

    def names(**words):
        return [row["name"] for row in api.get("accounts/", **words).json()["results"]]

    assert names(industry=["Retail", "Energy"]) == ["A", "B"]
    assert names(industry=["Retail", "Energy"], tag="x") == ["A"]
    assert names(tag=["x", "y"], size="20-99") == ["A", "B"]
    assert names(size=["20-99", "2000+"], channel="Fair") == ["C"]
    assert names(owner="member@example.com") == names(industry="") == names(tag="") == ["C"]
    assert names(**{"custom.plan": ["B", ""]}) == ["B", "C"]
    assert names(**{"custom.seats": "5.0"}) == ["B"]

    for words in (
        {"size": "huge"},
        {"owner": "nobody@example.com"},
        {"custom.other": "x"},
        {"custom.seats": "many"},
        {"segment": "0199aaaa-0000-7000-8000-000000000000"},
    ):
        assert set(error_of(api.get("accounts/", **words), 400, "invalid")["fields"]) == set(words)


def test_saved_filter_is_a_segment(cast, api, rival, fields):
    api.post("accounts/batch/", [{"name": "A", "tags": ["x"]}, {"name": "B", "tags": ["x"], "industry": "Retail"}])
    made = api.post("saved-filters/", {"name": "X", "conditions": {"tag": ["x"], "custom.plan": ["", "A"]}}).json()
    assert made["conditions"] == {"custom:plan": ["", "A"], "tag": ["x"]}
    found = api.get("accounts/", segment=made["id"], industry="Retail").json()["results"]
    assert [row["name"] for row in found] == ["B"]
    error_of(rival.get("accounts/", segment=made["id"]), 400, "invalid")
    # A member's private filter is theirs alone: not the API key's, nor a colleague's.
    with workspace_scope(cast.workspace):
        (own,) = save_own_filters(
            workspace=cast.workspace,
            rows=[{"name": "Mine", "conditions": {"tag": ["x"]}}],
            by=cast.actor(cast.viewer),
        )
    error_of(api.get("accounts/", segment=own.id), 400, "invalid")
    error_of(api.delete(f"saved-filters/{own.id}/"), 404, "not_found")
    theirs = f"/w/acme/api/v1/accounts/?segment={own.id}"
    assert len(cast.client(cast.viewer).get(theirs).json()["results"]) == 2
    assert cast.client(cast.owner).get(theirs).status_code == 400
