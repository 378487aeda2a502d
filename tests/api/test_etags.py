"""ETags: 304 for who has it already, 412 for who saw an older state, and never a word about another workspace."""

import threading

import pytest
from django.db import connection

from tests.api.client import Api, error_of
from tests.api.test_query_counts import rows_of

PATHS = ["accounts/", "metrics/", "metrics/series/?metrics=mrr", "metrics/bridge/", "metrics/movements/", "closings/"]


@pytest.fixture
def account(api):
    return api.post("accounts/", {"external_id": "A1", "name": "Northwind"})


def asked_again(api, path, tag):
    return api.call("GET", path if path.startswith("/") else f"/api/v1/{path}", **{"If-None-Match": tag})


@pytest.mark.parametrize("path", PATHS)
def test_known_answer_comes_without_body(api, account, path):
    first = api.call("GET", f"/api/v1/{path}")
    assert first["ETag"].strip('"')
    for tag in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
        again = asked_again(api, path, tag)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert "Content-Type" not in again.headers
        assert again["RateLimit-Limit"] == first["RateLimit-Limit"]
        assert "no-store" in again["Cache-Control"]
    for tag in ('"other"', first["ETag"].strip('"'), ""):
        assert asked_again(api, path, tag).content == first.content


def test_tag_is_of_the_content_alone(api, account, time_machine):
    path = f"accounts/{account.json()['id']}/"
    first = api.get(path)
    assert first["ETag"] == account["ETag"]
    time_machine.move_to("2031-05-05T05:05:20Z")
    assert api.get(path)["ETag"] == first["ETag"]
    assert api.call("HEAD", path)["ETag"] == first["ETag"]
    changed = api.patch(path, {"region": "East"})
    assert changed["ETag"] == api.get(path)["ETag"] != first["ETag"]
    assert asked_again(api, path, first["ETag"]).status_code == 200
    assert api.get("accounts/")["ETag"] != api.get("accounts/", limit=1, name="x")["ETag"]


def test_tag_of_another_workspace_tells_nothing(api, rival, account):
    path = f"accounts/{account.json()['id']}/"
    for tag in (account["ETag"], "*"):
        error_of(asked_again(rival, path, tag), 404, "not_found")
        error_of(rival.patch(path, {"name": "mine"}, **{"If-Match": tag}), 404, "not_found")
        error_of(rival.delete(path, **{"If-Match": tag}), 404, "not_found")
    assert asked_again(rival, "accounts/", api.get("accounts/")["ETag"]).json()["results"] == []


def test_write_over_what_was_seen(api, account):
    path = f"accounts/{account.json()['id']}/"
    first = account["ETag"]
    second = api.patch(path, {"region": "East"}, **{"If-Match": first})
    assert second.status_code == 200, second.content
    for answer in (
        api.patch(path, {"region": "West"}, **{"If-Match": first}),
        api.patch(path, {"region": "West"}, **{"If-Match": f"W/{second['ETag']}"}),
        api.patch(path, {"region": "West"}, **{"If-Match": "nonsense"}),
        api.delete(path, **{"If-Match": first}),
    ):
        error_of(answer, 412, "precondition_failed")
    assert api.get(path).content == second.content
    third = api.patch(path, {"region": "West"}, **{"If-Match": f"{first}, {second['ETag']}"})
    assert third.json()["region"] == "West"
    assert api.patch(path, {"region": "North"}, **{"If-Match": "*"}).json()["region"] == "North"
    assert api.delete(path, **{"If-Match": api.get(path)["ETag"]}).status_code == 204
    error_of(api.patch(path, {"region": "x"}, **{"If-Match": "*"}), 404, "not_found")


def test_tag_belongs_to_its_address(api):
    """An expanded object is another answer, and the change is sent to the address that was read."""
    made = api.post("accounts/", {"name": "Northwind", "owner": "owner@example.com"}).json()
    path = f"accounts/{made['id']}/"
    seen = api.get(path, expand="owner")["ETag"]
    error_of(api.patch(path, {"region": "East"}, **{"If-Match": seen}), 412, "precondition_failed")
    answer = api.call("PATCH", path, {"region": "East"}, words={"expand": "owner"}, **{"If-Match": seen})
    assert answer.status_code == 200
    assert answer["ETag"] == api.get(path, expand="owner")["ETag"]
    gone = api.delete(path, words={"expand": "owner"}, **{"If-Match": answer["ETag"]})
    assert gone.status_code == 204


def test_replayed_answer_has_its_tag(api, account):
    path = f"accounts/{account.json()['id']}/"
    key = {"Idempotency-Key": "k", "If-Match": account["ETag"]}
    first, again = (api.patch(path, {"region": "East"}, **key) for _ in range(2))
    assert (again["Idempotent-Replayed"], again["ETag"]) == ("true", first["ETag"])
    other = api.patch(path, {"region": "East"}, **key | {"If-Match": first["ETag"]})
    error_of(other, 422, "idempotency_mismatch")


def test_unchanged_series_costs_few_queries(api, account, django_assert_max_num_queries):
    path = "metrics/series/?metrics=mrr,customers,ltv,contracts_open&from=2023-01"
    tag = api.call("GET", f"/api/v1/{path}")["ETag"]
    with django_assert_max_num_queries(9):
        assert asked_again(api, path, tag).status_code == 304


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_writers_wins(cast):
    """Both saw the same state and write at once: the one who comes second is refused, and nothing of the first is lost."""
    api = Api(cast.api_key())
    for kind in ("custom-fields", "accounts"):
        api.post(f"{kind}/batch/", rows_of(kind, 1))
    account = api.get("accounts/").json()["results"][0]
    path = f"accounts/{account['id']}/"
    seen = {"If-Match": api.get(path)["ETag"]}
    answers, start = [], threading.Barrier(4)

    def write(n):
        start.wait(20)
        answers.append((n, Api(api.key).patch(path, {"region": f"region {n}"}, **seen)))
        connection.close()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert sorted(answer.status_code for _n, answer in answers) == [200, 412, 412, 412]
    (winner,) = (n for n, answer in answers if answer.status_code == 200)
    assert api.get(path).json()["region"] == f"region {winner}"
