from tests.api.client import error_of


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
