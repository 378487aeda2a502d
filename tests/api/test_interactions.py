"""Interactions and tasks by the API: who took part, which day it was, who wrote it, what a voided account takes along."""

import pytest

from tests.api.client import Api, error_of


@pytest.fixture
def book(api):
    api.post("accounts/batch/", [{"external_id": "A1", "name": "A"}, {"external_id": "A2", "name": "B"}])
    people = [("P1", "A1"), ("P2", "A1"), ("P3", "A2")]
    api.post("contacts/batch/", [{"external_id": p, "account": a, "name": p} for p, a in people])
    return api


def talk(**changes) -> dict:
    return {"account": "A1", "kind": "visit", "happened_on": "2025-03-31"} | changes


def test_contacts_by_external_id_and_by_id(book):
    unnamed = book.post("contacts/", {"account": "A1", "name": "Wei"}).json()["id"]
    made = book.post("interactions/", talk(contacts=["P2", unnamed, "P1", "P2"])).json()
    assert made["contacts"] == ["P2", unnamed, "P1"]
    path = f"interactions/{made['id']}/"
    whole = book.get(path, expand="contacts").json()["contacts"]
    assert [contact["name"] for contact in whole] == ["P2", "Wei", "P1"]
    assert whole[0] == book.get("contacts/", external_id="P2").json()["results"][0]
    assert book.patch(path, {"subject": "x"}).json()["contacts"] == made["contacts"]
    assert book.patch(path, {"contacts": made["contacts"]}).json()["updated_at"] == book.get(path).json()["updated_at"]
    assert book.patch(path, {"contacts": ["P1"]}).json()["contacts"] == ["P1"]
    assert book.patch(path, {"contacts": None}).json()["contacts"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contacts": ["P1", "P3"]}, "contacts.1"),
        ({"contacts": ["nobody"]}, "contacts.0"),
        ({"contacts": ["0199aaaa-0000-7000-8000-000000000000"]}, "contacts.0"),
        ({"account": "A9"}, "account"),
        ({"account": None}, "account"),
        ({"happened_on": None}, "happened_on"),
        ({"happened_at": "2025-03-31T18:30:00Z"}, "happened_on"),
        ({"happened_at": "2025-03-31T10:00:00"}, "happened_at"),
        ({"author": "nobody@example.com"}, "author"),
    ],
)
def test_refused(book, changes, field):
    assert list(error_of(book.post("interactions/", talk(**changes)), 400, "invalid")["fields"]) == [field]
    made = book.post("interactions/", talk(contacts=["P1"])).json()
    error_of(book.patch(f"interactions/{made['id']}/", talk(**changes)), 400, "invalid")
    assert book.get("interactions/").json()["results"] == [made]


def test_contact_of_another_workspace_is_unknown(book, rival):
    rival.post("accounts/", {"external_id": "A1", "name": "theirs"})
    theirs = rival.post("contacts/", {"external_id": "R1", "account": "A1", "name": "theirs"}).json()["id"]
    for name in ("R1", theirs):
        assert list(error_of(book.post("interactions/", talk(contacts=[name])), 400, "invalid")["fields"]) == [
            "contacts.0"
        ]


def test_day_of_an_instant_is_the_workspaces(book):
    """Half past six in the evening in London is the next day in Shanghai."""
    made = book.post("interactions/", talk(happened_on=None) | {"happened_at": "2025-03-31T18:30:00+01:00"})
    error_of(made, 400, "invalid")
    body = {"account": "A1", "kind": "call", "happened_at": "2025-03-31T18:30:00+01:00"}
    made = book.post("interactions/", body).json()
    assert (made["happened_on"], made["happened_at"]) == ("2025-04-01", "2025-03-31T17:30:00+00:00")
    path = f"interactions/{made['id']}/"
    moved = book.patch(path, {"happened_at": "2025-05-01T00:00:00Z"}).json()
    assert moved["happened_on"] == "2025-05-01"
    moved = book.patch(path, {"happened_on": "2025-05-02"}).json()
    assert (moved["happened_on"], moved["happened_at"]) == ("2025-05-02", None)


def test_contact_that_left_stays_where_it_took_part(book):
    made = book.post("interactions/", talk(contacts=["P1", "P2"])).json()
    contact = book.get("contacts/", external_id="P1").json()["results"][0]["id"]
    book.delete(f"contacts/{contact}/")
    path = f"interactions/{made['id']}/"
    assert book.patch(path, {"subject": "x"}).json()["contacts"] == ["P1", "P2"]
    assert book.patch(path, {"contacts": [contact, "P2"]}).json()["contacts"] == ["P1", "P2"]
    error_of(book.post("interactions/", talk(contacts=[contact])), 400, "invalid")


def test_author_and_creator_are_who_wrote(cast, book):
    assert book.post("interactions/", talk()).json()["author"] is None
    member = Api(None, cast.client(cast.member))
    made = member.post(cast.url("api/v1/interactions/"), talk()).json()
    assert (made["author"], made["author_id"]) == ("member@example.com", str(cast.member.pk))
    task = member.post(cast.url("api/v1/tasks/"), {"title": "T", "assignee": "viewer@example.com"}).json()
    assert (task["created_by"], task["assignee"]) == ("member@example.com", "viewer@example.com")
    changed = book.patch(f"tasks/{task['id']}/", {"title": "U"}).json()
    assert changed["created_by"] == "member@example.com"
    error_of(book.patch(f"tasks/{task['id']}/", {"created_by": "owner@example.com"}), 400, "invalid")


def test_task_done_and_open_again(book):
    made = book.post("tasks/", {"title": "T", "due_on": "2025-03-31"}).json()
    assert (made["account"], made["account_id"], made["priority"], made["done_at"]) == (None, None, "normal", None)
    path = f"tasks/{made['id']}/"

    def open_tasks():
        return [row["id"] for row in book.get("tasks/", done_at="").json()["results"]]

    assert open_tasks() == [made["id"]]
    assert book.patch(path, {"done_at": "2025-03-31T18:00:00+08:00"}).json()["done_at"] == "2025-03-31T10:00:00+00:00"
    assert open_tasks() == []
    assert len(book.get("tasks/", done_since="2025-03-31T10:00:00Z").json()["results"]) == 1
    assert book.get("tasks/", done_since="2025-03-31T10:00:01Z").json()["results"] == []
    book.patch(path, {"done_at": None})
    assert open_tasks() == [made["id"]]
    book.patch(path, {"account": "A1"})
    assert book.patch(path, {"account": None}).json()["account_id"] is None


def test_voided_account_takes_them_along(book):
    made = book.post("interactions/", talk()).json()
    task = book.post("tasks/", {"title": "T", "account": "A1"}).json()
    other = book.post("tasks/", {"title": "O"}).json()
    book.delete(f"accounts/{made['account_id']}/")
    assert book.get("interactions/").json()["results"] == []
    assert [row["id"] for row in book.get("tasks/").json()["results"]] == [other["id"]]
    assert book.get(f"tasks/{task['id']}/", include_voided="true").json()["voided_at"] is not None
