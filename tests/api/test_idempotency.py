import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from b2bops import celery_config
from jobs.tasks import drop_expired_answers
from tests.api.client import Api, error_of
from workspaces.models import IdempotencyKey
from workspaces.scope import workspace_scope

KEY = {"Idempotency-Key": "order-1"}


def names(api):
    return [row["name"] for row in api.get("accounts/").json()["results"]]


def test_same_request_twice(api):
    first = api.post("accounts/", {"name": "Northwind"}, **KEY)
    second = api.post("accounts/", {"name": "Northwind"}, **KEY)
    assert (first.status_code, first.headers.get("Idempotent-Replayed")) == (201, None)
    assert (second.status_code, second["Idempotent-Replayed"]) == (201, "true")
    assert second.content == first.content
    assert second["Content-Type"] == first["Content-Type"]
    assert second["Location"] == first["Location"]
    assert first["Location"].endswith(f"/accounts/{first.json()['id']}/")
    assert names(api) == ["Northwind"]


def test_same_batch_and_delete_and_patch(api):
    body = [{"external_id": "A1", "name": "Northwind"}]
    first = api.post("accounts/batch/", body, **KEY)
    assert api.post("accounts/batch/", body, **KEY).content == first.content
    path = f"accounts/{first.json()['results'][0]['id']}/"
    patched = api.patch(path, {"region": "East"}, **{"Idempotency-Key": "p"})
    assert api.patch(path, {"region": "East"}, **{"Idempotency-Key": "p"}).content == patched.content
    for replayed in (None, "true"):
        answer = api.delete(path, **{"Idempotency-Key": "d"})
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers.get("Idempotent-Replayed") == replayed
        assert "Content-Type" not in answer.headers


def test_another_request(api):
    api.post("accounts/", {"name": "Northwind"}, **KEY)
    error_of(api.post("accounts/", {"name": "Southwind"}, **KEY), 422, "idempotency_mismatch")
    error_of(api.post("products/", {"name": "Northwind"}, **KEY), 422, "idempotency_mismatch")
    assert names(api) == ["Northwind"]


def test_refusal_is_kept(api):
    first = api.post("accounts/", {}, **KEY)
    second = api.post("accounts/", {}, **KEY)
    assert (first.status_code, second.status_code) == (400, 400)
    assert second.content == first.content


def test_key_of_another_workspace(api, rival):
    api.post("accounts/", {"name": "Northwind"}, **KEY)
    answer = rival.post("accounts/", {"name": "Northwind"}, **KEY)
    assert answer.headers.get("Idempotent-Replayed") is None
    assert names(rival) == ["Northwind"]


def test_reading_key_sees_no_kept_answer(api, reader):
    api.post("accounts/", {"name": "Northwind"}, **KEY)
    error_of(reader.post("accounts/", {"name": "Northwind"}, **KEY), 403, "permission_denied")


def test_kept_for_a_day(api, cast):
    api.post("accounts/", {"name": "Northwind"}, **KEY)
    with workspace_scope(cast.workspace):
        IdempotencyKey.objects.update(created_at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    answer = api.post("accounts/", {"name": "Southwind"}, **KEY)
    assert answer.status_code == 201
    assert names(api) == ["Northwind", "Southwind"]


def kept_keys(workspace):
    with workspace_scope(workspace):
        return [kept.key for kept in IdempotencyKey.objects.filter(workspace=workspace).order_by("key")]


def test_kept_no_longer_than_a_day(api, rival, cast):
    """The hourly task lets go of what is too old, in every workspace, and of nothing else."""
    for one in (api, rival):
        one.post("accounts/", {"name": "Northwind"}, **KEY)
    with workspace_scope(cast.workspace):
        IdempotencyKey.objects.update(created_at=timezone.now() - dt.timedelta(hours=24, seconds=1))
    api.post("accounts/", {"name": "Eastwind"}, **{"Idempotency-Key": "younger"})
    drop_expired_answers()
    assert kept_keys(cast.workspace) == ["younger"]
    assert kept_keys(cast.rival) == ["order-1"]
    with workspace_scope(cast.rival):
        IdempotencyKey.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    drop_expired_answers()
    assert (kept_keys(cast.workspace), kept_keys(cast.rival)) == (["younger"], [])
    assert "answers" in celery_config.beat_schedule


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "a\tb"])
def test_key_unusable(api, key):
    error = error_of(api.post("accounts/", {"name": "A"}, **{"Idempotency-Key": key}), 400, "invalid")
    assert list(error["fields"]) == ["Idempotency-Key"]
    assert names(api) == []


def test_reads_ignore_it(api):
    for _ in range(2):
        assert "Idempotent-Replayed" not in api.call("GET", "accounts/", **KEY).headers


def test_fault_is_not_kept(api, monkeypatch):
    from b2bops.api.collection import Collection  # noqa: PLC0415

    api.client.raise_request_exception = False
    monkeypatch.setattr(Collection, "object", lambda *args: 1 / 0)
    assert api.post("accounts/", {"name": "Northwind"}, **KEY).status_code == 500
    monkeypatch.undo()
    answer = api.post("accounts/", {"name": "Northwind"}, **KEY)
    assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (201, None)


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_running(cast):
    """Another connection holds the key's lock, as a running request does."""
    api = Api(cast.api_key())
    taken, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            name = f"idempotency:{cast.workspace.pk}:order-1"
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            taken.set()
            done.wait(20)
        connection.close()

    first = threading.Thread(target=hold)
    first.start()
    try:
        assert taken.wait(20)
        error_of(api.post("accounts/", {"name": "Northwind"}, **KEY), 409, "conflict")
    finally:
        done.set()
        first.join()
    assert names(api) == []
    assert api.post("accounts/", {"name": "Northwind"}, **KEY).status_code == 201
