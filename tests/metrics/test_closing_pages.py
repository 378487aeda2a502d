"""The closings pages: how far the books are closed, closing by hand, watching a run."""

import datetime as dt

import pytest
from django.urls import reverse

from jobs.models import Run
from metrics.closing import close_through
from tests.cast import AT
from tests.night.books import write_contract
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(AT)


@pytest.fixture
def listing(cast):
    return reverse("metrics:closing_list", args=[cast.workspace.slug])


def page(cast, run):
    return reverse("metrics:closing_page", args=[cast.workspace.slug, run.pk])


@pytest.fixture
def make_run(cast):
    def make(**fields):
        fields = {
            "kind": "closing",
            "key": "k",
            "params": {"until": "2026-03-30"},
            "created_by": "b@example.com",
        } | fields
        with workspace_scope(cast.workspace):
            return Run.objects.create(workspace=cast.workspace, door="page", **fields)

    return make


def test_list_empty(cast, listing):
    answer = cast.client(cast.owner).get(listing)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Nothing has been closed yet" in text
    assert "No day is closed yet" in text
    assert 'value="2026-03-30"' in text, "yesterday is proposed"
    assert "hx-trigger" not in text.split('id="closing-status"')[1].split(">")[0]


def test_list_of_a_viewer_has_no_form(cast, listing):
    assert "csrfmiddlewaretoken" not in _closing_form(cast.client(cast.viewer).get(listing))


def _closing_form(answer) -> str:
    return answer.content.decode().partition('id="close-days"')[2]


def test_close_by_hand(cast, listing):
    answer = cast.client(cast.manager).post(listing, {"until": "2026-02-28", "since": ""})
    with workspace_scope(cast.workspace):
        run = Run.objects.get()
    assert (answer.status_code, answer.url) == (302, page(cast, run))
    assert (run.params, run.created_by) == ({"until": "2026-02-28", "since": None}, "manager@example.com")


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_close_by_hand_without_permission(cast, listing, role):
    answer = cast.client(cast.people[role]).post(listing, {"until": "2026-02-28"})
    assert answer.status_code == 403
    with workspace_scope(cast.workspace):
        assert not Run.objects.exists()


@pytest.mark.parametrize(
    "values, message",
    [
        ({"until": "2026-03-31"}, "This day is not over yet"),
        ({"until": "2026-03-01", "since": "2026-03-02"}, "The first day is after the last day"),
        ({"until": "tomorrow"}, "Enter a valid date"),
        ({"until": ""}, "This field is required"),
    ],
)
def test_close_by_hand_refused(cast, listing, values, message):
    answer = cast.client(cast.manager).post(listing, values)
    assert answer.status_code == 422
    form = _closing_form(answer)
    assert message in form
    assert 'aria-invalid="true"' in form
    with workspace_scope(cast.workspace):
        assert not Run.objects.exists()


def test_list_renews_itself_while_a_run_is_open(cast, listing, make_run):
    make_run(state="running", progress="0.42")
    client = cast.client(cast.viewer)
    assert 'hx-trigger="every 2s"' in client.get(listing).content.decode()
    part = client.get(listing, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "42 %" in part
    with workspace_scope(cast.workspace):
        Run.objects.update(state="succeeded", progress=1)
    part = client.get(listing, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "Done" in part


def test_list_of_closed_days(cast, listing):
    write_contract(cast.workspace)
    with workspace_scope(cast.workspace):
        close_through(workspace=cast.workspace, until=dt.date(2026, 3, 30), at=AT)
    client = cast.client(cast.viewer)
    answer = client.get(listing)
    text = answer.content.decode()
    assert "Closed through 30 Mar 2026" in text
    assert [closing.day.isoformat() for closing in answer.context["days"]][::59] == ["2026-03-30", "2026-01-30"]
    older = client.get(listing + answer.context["older"])
    assert [closing.day.isoformat() for closing in older.context["days"]][::28] == ["2026-01-29", "2026-01-01"]
    assert older.context["older"] == ""
    assert "No closed days before" in client.get(listing, {"before": "2026-01-01"}).content.decode()
    for nonsense in ("x", "2026-02-30", "0"):
        assert client.get(listing, {"before": nonsense}).context["is_first_page"]


def test_page_running(cast, make_run):
    run = make_run(state="running", progress="0.25", started_at=AT - dt.timedelta(minutes=1), message="Step %(n)s")
    with workspace_scope(cast.workspace):
        Run.objects.update(message_params={"n": 7})
    client = cast.client(cast.viewer)
    text = client.get(page(cast, run)).content.decode()
    assert 'hx-trigger="every 2s"' in text
    assert "Step 7" in text
    assert "about 3 minutes left" in text
    assert 'value="25"' in text
    part = client.get(page(cast, run), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Step 7" in part


def test_page_waiting(cast, make_run):
    text = cast.client(cast.viewer).get(page(cast, make_run())).content.decode()
    assert "Waiting for a worker" in text
    assert 'hx-trigger="every 2s"' in text


def test_page_failed_for_a_missing_rate(cast, listing, make_run):
    error = {"code": "missing_rate", "message": "No rate for %(currency)s on %(day)s."}
    run = make_run(state="failed", error=error | {"currency": "USD", "day": "2026-01-03"})
    text = cast.client(cast.manager).get(page(cast, run)).content.decode()
    assert "No rate for USD on 2026-01-03." in text
    rate_page = reverse("accounts:fx_rate_new", args=[cast.workspace.slug])
    assert f"{rate_page}?currency=USD&amp;date=2026-01-03" in text
    assert ">Try again<" in text
    assert "hx-trigger" not in text.split('id="closing-progress"')[1].split(">")[0]
    listed = cast.client(cast.viewer).get(listing).content.decode()
    assert "No rate for USD on 2026-01-03." in listed
    assert ">Try again<" not in cast.client(cast.viewer).get(page(cast, run)).content.decode()


def test_page_succeeded(cast, make_run):
    run = make_run(state="succeeded", progress=1, started_at=AT, finished_at=AT, result={})
    assert "up to date" in cast.client(cast.viewer).get(page(cast, run)).content.decode()


def test_page_of_something_else(cast, make_run):
    client = cast.client(cast.owner)
    assert client.get(page(cast, make_run(kind="import"))).status_code == 404
    assert cast.client(cast.stranger).get(page(cast, make_run(key="other"))).status_code == 404


@pytest.mark.parametrize("runs", [1, 20])
def test_list_queries(cast, listing, make_run, runs, django_assert_max_num_queries):
    for number in range(runs):
        make_run(key=str(number), state="succeeded", finished_at=AT, result={})
    client = cast.client(cast.viewer)
    with django_assert_max_num_queries(16):
        client.get(listing)
