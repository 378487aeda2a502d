"""The timeline stands in the order in which things happened, and its pages neither lose nor double any of them."""

import datetime as dt
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Contract, Interaction
from accounts.timeline_paging import page_of
from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import AT, DAY
from tests.metrics.books import after
from workspaces.models import Activity, Workspace
from workspaces.scope import workspace_scope

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HTMX = {"HTTP_HX_REQUEST": "true"}


@dataclass(frozen=True)
class Happened:
    at: dt.datetime
    key: str


def read(things, before, most):
    told = [one for one in things if before is None or before.admits(one.at, one.key)]
    return sorted(told, key=lambda one: (one.at, one.key), reverse=True)[:most]


# Few instants, so that many things share one.
things = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), unique=True, max_size=12)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(things, min_size=1, max_size=3), st.integers(1, 5))
def test_pages_together_are_the_whole_in_order(sources, size):
    named = {
        f"source{number}": [Happened(NOON + dt.timedelta(hours=hour), str(key)) for hour, key in told]
        for number, told in enumerate(sources)
    }
    reads = {name: partial(read, told) for name, told in named.items()}
    whole, end = page_of(reads, size=99)
    # The latest first, then by source, then by key.
    assert end is None
    assert whole == sorted(
        (one for told in named.values() for one in sorted(told, key=lambda one: one.key, reverse=True)),
        key=lambda one: one.at,
        reverse=True,
    )
    found, cursor = page_of(reads, size=size)
    while cursor is not None:
        page, cursor = page_of(reads, cursor=cursor, size=size)
        assert 1 <= len(page) <= size
        found += page
        assert len(found) <= len(whole)
    assert found == whole


def told(cast, account, **asked):
    """[(day or instant, text, by)] of all pages."""
    client, address, found = cast.client(cast.viewer), cast.url(f"accounts/{account.pk}/timeline/"), []
    while address:
        answer = client.get(address, asked, **HTMX)
        found += [(one.on or one.at, one.text, one.by) for one in answer.context["timeline"]]
        address, asked = answer.context["older_url"], {}
        assert len(found) < 40
    return found


@pytest.mark.usefixtures("on_the_day")
@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_keep_what_shares_an_instant(cast, monkeypatch, size):
    account = facts.account(cast.workspace)
    end_of_day = dt.datetime.combine(DAY, dt.time.max, cast.workspace.zone)
    for number in range(3):
        facts.contract(account, starts_on=DAY, ends_on=None, number=f"HT-{number}", signed_on=DAY)
        facts.interaction(account, subject=f"By day {number}", happened_on=str(DAY))
        facts.interaction(
            account, subject=f"By time {number}", happened_at=end_of_day.isoformat(), happened_on=str(DAY)
        )
    close_through(workspace=cast.workspace, until=DAY, at=after(DAY))
    with workspace_scope(cast.workspace):
        Activity.objects.update(at=end_of_day)
    whole = told(cast, account)
    assert [text.partition(":")[0] for _at, text, _by in whole] == [
        "New +¥3,000 a month",
        *["Call"] * 6,
        *["Contract HT-2 signed", "Contract HT-1 signed", "Contract HT-0 signed"],
        "Account entered",
    ]
    monkeypatch.setattr("accounts.account_timeline.PAGE", size)
    assert told(cast, account) == whole


@pytest.mark.usefixtures("on_the_day")
def test_things_stand_where_they_happened_and_say_when_they_came_late(cast):
    account = facts.account(cast.workspace)
    facts.contract(account, number="HT-1", signed_on="2026-03-28", starts_on="2026-01-01", ends_on=None)
    facts.interaction(account, subject="Long ago", happened_on="2026-03-01", author="member@example.com")
    facts.interaction(
        account, subject="With a time", happened_at="2026-03-28T01:30:00Z", happened_on="2026-03-28", kind="visit"
    )
    facts.interaction(account, subject="By the day", happened_on="2026-03-28", kind="mail")
    facts.interaction(account, subject="Of the demo", happened_on="2026-02-01", kind="note")
    with workspace_scope(cast.workspace):
        Interaction.objects.update(created_at=AT)
        Contract.objects.update(created_at=AT)
        Interaction.objects.filter(subject="Of the demo").update(is_demo=True)
        Activity.objects.update(at=AT)
    found = told(cast, account)
    assert found == [
        (AT, "Account entered", found[0][2]),
        (dt.date(2026, 3, 28), "Mail: By the day", found[1][2]),
        (dt.date(2026, 3, 28), "Contract HT-1 signed", ""),
        (dt.datetime(2026, 3, 28, 1, 30, tzinfo=dt.UTC), "Visit: With a time", found[3][2]),
        (dt.date(2026, 3, 1), "Call: Long ago", "Member · entered 31 Mar 2026"),
        (dt.date(2026, 2, 1), "Note: Of the demo", found[5][2]),
    ]
    # Without an author, who entered it.
    assert {found[place][2] for place in (0, 1, 3, 5)} == {"B2BOps, command"}
    shown = cast.client(cast.viewer).get(cast.url(f"accounts/{account.pk}/")).content.decode()
    assert '<time datetime="2026-03-28">28 Mar 2026</time>' in shown
    assert '<time datetime="2026-03-28T09:30:00+08:00">28 Mar 2026, 09:30</time>' in shown
    assert [text for _at, text, _by in told(cast, account, show="contracts")] == ["Contract HT-1 signed"]


# Clocks go back from midnight to eleven there, so that the day's last hour is there twice.
GOES_BACK = [("America/Santiago", "2026-04-04"), ("Asia/Beirut", "2025-10-25"), ("Africa/Cairo", "2025-10-30")]
# There they go ahead at eleven in the evening, and the day has no last hour.
GOES_AHEAD = [("America/Nuuk", "2026-03-28")]


@pytest.mark.usefixtures("on_the_day")
@pytest.mark.parametrize(("zone", "day"), [*GOES_BACK, *GOES_AHEAD])
def test_pages_keep_a_day_whose_clocks_change_at_its_end(cast, monkeypatch, zone, day):
    Workspace.objects.filter(pk=cast.workspace.pk).update(timezone=zone)
    cast.workspace.refresh_from_db()
    account = facts.account(cast.workspace)
    for number in range(4):
        facts.interaction(account, subject=f"Talk {number}", happened_on=day)
    facts.contract(account, starts_on=day, ends_on=None, number="HT-1", signed_on=day)
    with workspace_scope(cast.workspace):
        Activity.objects.update(at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    whole = told(cast, account)
    assert len(whole) == 6
    monkeypatch.setattr("accounts.account_timeline.PAGE", 2)
    assert told(cast, account) == whole
