import datetime as dt

import pytest

from jobs.models import Run
from tests.api.client import Api, error_of
from workspaces.scope import workspace_scope

YESTERDAY = dt.date(2025, 12, 31)


@pytest.fixture
def api(api, time_machine) -> Api:
    # Shanghai has 1 January 2026 by then.
    time_machine.move_to(dt.datetime(2025, 12, 31, 18, 0, tzinfo=dt.UTC), tick=False)
    return api


def runs(cast):
    with workspace_scope(cast.workspace):
        return list(Run.objects.filter(workspace=cast.workspace))


def set_run(cast, **values):
    with workspace_scope(cast.workspace):
        Run.objects.filter(workspace=cast.workspace).update(**values)


def test_closing_asked_for(cast, api):
    answer = api.post("closings/", {"until": "2025-12-31"})
    assert answer.status_code == 202, answer.content
    made = answer.json()
    assert made == made | {
        "status": "queued",
        "progress": 0,
        "until": "2025-12-31",
        "since": None,
        "closed_through": None,
        "error": None,
        "started_at": None,
        "finished_at": None,
    }
    assert answer["Location"].endswith(f"/api/v1/closings/{made['id']}/")
    assert api.get(f"closings/{made['id']}/").json() == made
    assert api.get("closings/").json() == {"results": [made], "next": None, "previous": None}
    (run,) = runs(cast)
    assert (str(run.pk), run.kind, run.created_by, run.door) == (made["id"], "closing", "write key", "api")


def test_closing_asked_for_twice_is_one(cast, api):
    first = api.post("closings/", {"until": "2025-12-31", "since": "2025-12-01"}).json()
    second = api.post("closings/", {"until": "2025-12-31", "since": "2025-12-01"})
    assert (second.status_code, second.json()["id"]) == (202, first["id"])
    assert first["since"] == "2025-12-01"
    assert len(runs(cast)) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "until"),
        ({"until": None}, "until"),
        ({"until": "2025-02-30"}, "until"),
        ({"until": "tomorrow"}, "until"),
        ({"until": 20251231}, "until"),
        ({"until": "2026-01-01"}, "until"),
        ({"until": "2025-12-31", "since": "2026-01-01"}, "since"),
        ({"until": "2025-12-31", "since": "x"}, "since"),
        ({"until": "2025-12-31", "workspace": "acme"}, "workspace"),
    ],
)
def test_closing_refused(cast, api, body, field):
    assert list(error_of(api.post("closings/", body), 400, "invalid")["fields"]) == [field]
    assert runs(cast) == []


def test_closing_on_its_way_and_done(cast, api):
    made = api.post("closings/", {"until": "2025-12-31"}).json()
    set_run(cast, state="running", progress="0.4375")
    shown = api.get(f"closings/{made['id']}/").json()
    assert (shown["status"], shown["progress"]) == ("running", 0.4375)
    set_run(cast, state="succeeded", progress=1)
    shown = api.get(f"closings/{made['id']}/").json()
    assert (shown["status"], shown["progress"], shown["error"]) == ("succeeded", 1, None)


def test_closing_failed(cast, api):
    made = api.post("closings/", {"until": "2025-12-31"}).json()
    error = {
        "code": "missing_rate",
        "message": "The exchange rate for %(currency)s on %(day)s is missing.",
        "currency": "EUR",
        "day": "2025-03-10",
    }
    set_run(cast, state="failed", error=error)
    assert api.get(f"closings/{made['id']}/").json()["error"] == {
        "code": "missing_rate",
        "message": "The exchange rate for EUR on 2025-03-10 is missing.",
        "currency": "EUR",
        "day": "2025-03-10",
    }
    set_run(cast, state="failed", error={"code": "crashed", "message": "The work was interrupted too often."})
    assert api.get(f"closings/{made['id']}/").json()["error"] == {
        "code": "crashed",
        "message": "The work was interrupted too often.",
        "currency": None,
        "day": None,
    }


def test_closings_latest_first_page_by_page(api):
    ids = [api.post("closings/", {"until": f"2025-12-0{day}"}).json()["id"] for day in range(1, 6)]
    answer, found = api.get("closings/", limit=2), []
    while True:
        found += [row["id"] for row in answer.json()["results"]]
        if answer.json()["next"] is None:
            break
        answer = api.get(answer.json()["next"].removeprefix("http://testserver"))
    assert found == ids[::-1]


def test_closing_is_for_those_who_may(cast, api, reader, rival):
    for answer in (
        reader.post("closings/", {"until": "2025-12-31"}),
        Api(None, cast.client(cast.member)).post(cast.url("api/v1/closings/"), {"until": "2025-12-31"}),
    ):
        error_of(answer, 403, "permission_denied")
    assert runs(cast) == []
    made = api.post("closings/", {"until": "2025-12-31"}).json()
    assert reader.get(f"closings/{made['id']}/").json() == made
    error_of(rival.get(f"closings/{made['id']}/"), 404, "not_found")
    assert rival.get("closings/").json()["results"] == []


def test_other_runs_are_no_closings(cast, api):
    made = api.post("closings/", {"until": "2025-12-31"}).json()
    set_run(cast, kind="import")
    error_of(api.get(f"closings/{made['id']}/"), 404, "not_found")
    assert api.get("closings/").json()["results"] == []
    error_of(api.delete(f"closings/{made['id']}/"), 405, "method_not_allowed")


def test_queries(api, django_assert_max_num_queries):
    for day in range(1, 8):
        made = api.post("closings/", {"until": f"2025-12-0{day}"}).json()
    for path in ("closings/", f"closings/{made['id']}/"):
        with django_assert_max_num_queries(8):
            assert api.get(path).status_code == 200
