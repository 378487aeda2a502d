"""Asking for days to be closed."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from jobs.models import Run
from jobs.runs import claim_one, execute
from metrics.actions import request_closing
from metrics.models import Closing
from tests.cast import AT, DAY
from workspaces.batch import InvalidRow
from workspaces.models import Activity
from workspaces.scope import workspace_scope

YESTERDAY = DAY - dt.timedelta(days=1)


def ask(acme, *, by=None, at=AT, until=YESTERDAY, **days):
    return request_closing(workspace=acme.workspace, by=by or acme.actor(acme.manager), at=at, until=until, **days)


def test_request(acme):
    run = ask(acme, since=dt.date(2026, 1, 1))
    assert (run.kind, run.queue, run.state) == ("closing", "slow", "queued")
    assert run.params == {"until": "2026-03-30", "since": "2026-01-01"}
    assert (run.created_by, run.door, run.user_id) == ("manager@example.com", "page", acme.manager.user_id)
    trail = Activity.objects.get(subject_type="run")
    assert (trail.verb, trail.after["until"]) == ("queued", "2026-03-30")


def test_request_twice(acme):
    assert ask(acme) == ask(acme, by=acme.actor(acme.owner))
    assert ask(acme, since=YESTERDAY) != ask(acme)


@pytest.mark.parametrize("role", ["member", "viewer"])
def test_request_without_permission(acme, role):
    with pytest.raises(PermissionDenied):
        ask(acme, by=acme.actor(acme.people[role]))
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "days, field",
    [
        ({"until": DAY}, "until"),
        ({"until": DAY + dt.timedelta(days=1)}, "until"),
        ({"since": YESTERDAY + dt.timedelta(days=1)}, "since"),
    ],
)
def test_request_of_impossible_days(acme, days, field):
    with pytest.raises(InvalidRow) as refused:
        ask(acme, **days)
    assert list(refused.value.errors) == [field]
    assert not Run.objects.exists()


def test_request_of_a_day_that_is_over_where_the_workspace_is(acme):
    """At 16:00 UTC a new day begins in Shanghai."""
    evening = dt.datetime(2026, 3, 31, 15, 59, tzinfo=dt.UTC)
    with pytest.raises(InvalidRow):
        ask(acme, until=DAY, at=evening)
    assert ask(acme, until=DAY, at=evening + dt.timedelta(minutes=1)).params["until"] == "2026-03-31"


@pytest.mark.django_db(transaction=True)
def test_closing_asked_by_someone_who_left(cast):
    with workspace_scope(cast.workspace):
        run = ask(cast)
        cast.manager.is_active = False
        cast.manager.save()
    assert claim_one(run)
    execute(run.pk, run.workspace_id)
    with workspace_scope(cast.workspace):
        run.refresh_from_db()
        assert (run.state, run.error["code"]) == ("failed", "forbidden")
        assert not Closing.objects.exists()
