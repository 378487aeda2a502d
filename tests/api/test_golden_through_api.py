"""The golden books the way an integration would do it: facts in by the batch endpoints, days closed by a Celery worker in a
process of its own, figures out by the API, equal to the cent.
"""

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from urllib.parse import quote

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from b2bops.celery import broker_url
from tests.api.client import Api
from tests.cast import make_user, make_workspace
from tests.metrics import books
from workspaces.actions.api_keys import create_api_key
from workspaces.actions.settings import update_metric_settings
from workspaces.scope import workspace_scope

pytestmark = [pytest.mark.stack, pytest.mark.django_db(transaction=True)]

PATIENCE_SECONDS = 120
PATHS = {"accounts": "accounts", "contracts": "contracts", "fx_rates": "fx-rates", "spend": "spend"}


def address_of(database: dict) -> str:
    """The URL of the test's own database, for a process that reads it from the environment."""
    host = quote(database["HOST"], safe="")
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"postgres://{quote(database['USER'])}:{quote(database['PASSWORD'])}@{host}{port}/{database['NAME']}"


@pytest.fixture
def worker(db, tmp_path):
    """`celery worker` on the test database. The tests poke it themselves: beat would have the night close more days."""
    environment = os.environ | {
        "DATABASE_URL": address_of(connection.settings_dict),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
    }
    words = ["worker", "--queues", "slow", "--concurrency", "2"]
    with (tmp_path / "worker.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "b2bops", *words],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
            assert process.poll() is None, (tmp_path / "worker.log").read_text()[-3000:]
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(5)


@pytest.fixture(scope="module")
def poke():
    """Tells whatever worker listens that there is work, as beat does."""
    with Celery("poke", set_as_current=False) as app:
        app.config_from_object("b2bops.celery_config")
        app.conf.broker_url = broker_url(settings.REDIS_URL)
        yield lambda: app.send_task("jobs.tasks.work", kwargs={"of_queue": "slow"}, queue="slow", expires=5)


def open_company(name: str) -> tuple[Api, dict]:
    """An empty workspace with the book's settings, as the command `create_workspace` makes it, and a key to it."""
    content = books.book(name)
    choices = content["workspace"]
    workspace = make_workspace(
        name, owner=make_user(name), currency=choices["base_currency"], timezone=choices["timezone"]
    )
    with workspace_scope(workspace):
        chosen = {key: choices[key] for key in books.SETTINGS if key in choices}
        update_metric_settings(workspace=workspace, by=books.BY, **chosen)
        _key, secret = create_api_key(workspace=workspace, name="golden", scope="write", expires_at=None, by=books.BY)
    return Api(secret), content


def send_facts(api: Api, content: dict) -> None:
    for kind, path in PATHS.items():
        rows = content[kind]
        for start in range(0, len(rows), 1000):
            answer = api.post(f"{path}/batch/", rows[start : start + 1000])
            assert answer.status_code == 200, answer.content
            refused = [row for row in answer.json()["results"] if row["status"] != "created"]
            assert refused == []


def wait_for(api: Api, closing: dict, worker, poke) -> dict:
    started = time.monotonic()
    while closing["status"] in ("queued", "running"):
        assert worker.poll() is None, "the worker ended"
        assert time.monotonic() - started < PATIENCE_SECONDS, closing
        poke()
        time.sleep(0.5)
        answer = api.get(f"closings/{closing['id']}/")
        assert answer.status_code == 200, answer.content
        closing = answer.json()
    return closing


def all_movements(api: Api) -> list[dict]:
    rows, page = [], api.get("metrics/movements/", limit=200).json()
    while True:
        rows += page["results"]
        if page["next"] is None:
            return rows
        page = api.get(page["next"].removeprefix("http://testserver")).json()


def numbers(row: dict) -> dict:
    """Amounts as Decimal, whatever they are written as."""
    words = {"period", "account", "date", "kind"}
    return {key: Decimal(value) if key not in words and value is not None else value for key, value in row.items()}


def test_golden_books_through_the_api(worker, poke):
    companies = [open_company(name) for name in books.NAMES]
    closings = []
    for api, content in companies:
        send_facts(api, content)
        answer = api.post("closings/", {"until": content["until"]})
        assert answer.status_code == 202, answer.content
        closings.append(answer.json())
    for (api, content), closing in zip(companies, closings, strict=True):
        ended = wait_for(api, closing, worker, poke)
        assert (ended["status"], ended["error"], ended["progress"]) == ("succeeded", None, 1), ended
        assert ended["closed_through"] == content["until"]
        assert_figures(api, content["expected"])


def assert_figures(api: Api, expected: dict) -> None:
    found = [{key: row[key] for key in ("account", "date", "kind", "amount")} for row in all_movements(api)]
    by_day = sorted(found, key=lambda row: (row["date"], row["account"]))
    assert [numbers(row) for row in by_day] == [
        numbers(row) for row in sorted(expected["movements"], key=lambda row: (row["date"], row["account"]))
    ]
    months = expected["months"]
    window = {"from": months[0]["period"], "to": months[-1]["period"], "interval": "month"}
    bridge = api.get("metrics/bridge/", **window).json()["rows"]
    in_bridge = {key for key in months[0] if key in bridge[0]}
    names = {key: books.KEYS.get(key, key) for key in months[0] if key not in in_bridge}
    series = api.get("metrics/series/", metrics=",".join(names.values()), **window).json()["rows"]
    rows = [
        {key: moved[key] for key in in_bridge} | {key: row[name] for key, name in names.items()}
        for moved, row in zip(bridge, series, strict=True)
    ]
    assert [numbers(row) for row in rows] == [numbers(row) for row in months]
    # Every key of the registry has a row for every month, whether the book knows it or not.
    keys = [metric["key"] for metric in api.get("metrics/").json()["results"]]
    whole = api.get("metrics/series/", metrics=",".join(keys), **window).json()["rows"]
    assert [row["period"] for row in whole] == [row["period"] for row in months]
    assert all(set(keys) <= set(row) for row in whole)


def test_missing_rate_stops_the_closing_and_names_currency_and_day(worker, poke):
    api, content = open_company("book-8")
    line = {"product": "core", "quantity": 1, "unit_amount": "100", "interval": "month"}
    api.post("accounts/", {"external_id": "A", "name": "A"})
    contract = {"external_id": "C", "account": "A", "currency": "EUR", "starts_on": "2025-03-10", "lines": [line]}
    assert api.post("contracts/", contract).status_code == 201
    ended = wait_for(api, api.post("closings/", {"until": content["until"]}).json(), worker, poke)
    assert ended["status"] == "failed"
    assert {key: ended["error"][key] for key in ("code", "currency", "day")} == {
        "code": "missing_rate",
        "currency": "EUR",
        "day": "2025-03-10",
    }
    assert "EUR" in ended["error"]["message"]
    api.post("fx-rates/", {"currency": "EUR", "date": "2025-03-01", "rate": "7.8"})
    ended = wait_for(api, api.post("closings/", {"until": content["until"]}).json(), worker, poke)
    assert (ended["status"], ended["closed_through"]) == ("succeeded", content["until"])
    assert [row["amount"] for row in all_movements(api)] == ["780.00"]
