import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from leads.actions import save_spend
from leads.models import Spend
from tests.cast import AT
from workspaces.actor import system_actor
from workspaces.batch import one
from workspaces.scope import workspace_scope


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(AT, tick=False):
        yield


def text(response):
    return response.content.decode()


def spend(workspace, date="2026-03-05", channel="Search", amount="1000", **row) -> Spend:
    with workspace_scope(workspace):
        row = {"date": date, "channel": channel, "amount": amount} | row
        result = one(save_spend(workspace=workspace, rows=[row], by=system_actor("command")))
        assert result.id is not None
        return Spend.objects.select_related("channel").get(pk=result.id)


def test_entries_are_listed_and_added_up(cast):
    spend(cast.workspace)
    spend(cast.workspace, "2026-02-05", "Seminars", "250.50", campaign="Spring fair")
    client = cast.client(cast.viewer)
    response = client.get(cast.url("spend/"))
    assert response.context["summary"] == "2 entries · ¥1,251"
    assert "Spring fair" in text(response)
    channel = next(value for value, label in _choices(response) if label == "Seminars")
    assert client.get(cast.url("spend/"), {"channel": channel}).context["summary"] == "1 entry · ¥251"


def _choices(response):
    return [(choice.value, choice.label) for choice in response.context["list"].filters[0].choices]


def test_months_are_added_up_by_channel(cast):
    spend(cast.workspace, "2026-03-05", "Search", "1000")
    spend(cast.workspace, "2026-03-31", "Search", "500", campaign="B")
    spend(cast.workspace, "2025-04-01", "Seminars", "250")
    spend(cast.workspace, "2025-03-31", "Seminars", "77")
    client = cast.client(cast.viewer)
    response = client.get(cast.url("spend/months/"))
    rows, together = response.context["rows"], response.context["together"]
    assert response.context["months"][0] == dt.date(2025, 4, 1)
    assert [(row.channel, row.total) for row in rows] == [("Search", 1500), ("Seminars", 250)]
    assert rows[0].months == [None] * 11 + [Decimal(1500)]
    assert together.months == [Decimal(250), *[None] * 10, Decimal(1500)]
    assert response.context["later"] == ""
    earlier = client.get(response.context["earlier"])
    assert [(row.channel, row.total) for row in earlier.context["rows"]] == [("Seminars", 77)]
    assert client.get(earlier.context["later"]).context["months"] == response.context["months"]


@pytest.mark.parametrize("until", ["", "x", "2026-13", "0001-01", "9999-12", "2026-03-04"])
def test_a_month_that_is_none_gives_the_latest(cast, until):
    response = cast.client(cast.viewer).get(cast.url("spend/months/"), {"until": until})
    assert response.context["months"][-1] == dt.date(2026, 3, 1)


def test_spend_is_entered_changed_and_voided(cast):
    client = cast.client(cast.manager)
    client.post(cast.url("spend/new/"), {"date": "2026-03-01", "channel": "Search", "amount": "5万"})
    with workspace_scope(cast.workspace):
        made = Spend.objects.get()
        assert made.amount == 50_000
    client.post(cast.url(f"spend/{made.pk}/edit/"), {"date": "2026-03-02", "channel": "Fairs", "amount": "6"})
    with workspace_scope(cast.workspace):
        made = Spend.objects.select_related("channel").get()
        assert (made.date, made.channel.name, made.amount) == (dt.date(2026, 3, 2), "Fairs", 6)
    client.post(cast.url(f"spend/{made.pk}/void/"), {"reason": "Booked twice"})
    with workspace_scope(cast.workspace):
        assert Spend.objects.standing().count() == 0


def test_an_entry_that_somebody_else_changed_meanwhile_is_looked_at_first(cast):
    made = spend(cast.workspace)
    client, url = cast.client(cast.manager), cast.url(f"spend/{made.pk}/edit/")
    page = client.get(url)
    typed = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    typed |= {"seen": page.context["seen"], "note": "Mine"}
    assert client.post(url, {"date": "2026-03-02", "channel": "Fairs", "amount": "6"}).status_code == 302
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert "Changed meanwhile" in " ".join(refused.context["form"].errors["amount"])
    with workspace_scope(cast.workspace):
        assert Spend.objects.get().amount == 6


@pytest.mark.parametrize(
    "typed, field, message",
    [
        ({"date": "2026-02-30"}, "date", "no such day"),
        ({"date": ""}, "date", "This field is required."),
        ({"date": "2026-03-05"}, "date", "exists already"),
        ({"channel": ""}, "channel", "This field is required."),
        ({"amount": "-1"}, "amount", "less than 0"),
        ({"amount": "much"}, "amount", "not a number"),
        ({"amount": "1.234"}, "amount", "At most 2 decimals."),
    ],
)
def test_bad_spend_is_refused_beside_its_field(cast, typed, field, message):
    spend(cast.workspace)
    response = cast.client(cast.manager).post(
        cast.url("spend/new/"), {"date": "2026-03-01", "channel": "Search", "amount": "10"} | typed
    )
    assert response.status_code == 422
    assert message in " ".join(response.context["form"].errors[field])
    with workspace_scope(cast.workspace):
        assert Spend.objects.count() == 1


def test_members_do_not_touch_and_strangers_find_nothing(cast):
    made, theirs = spend(cast.workspace), spend(cast.rival, channel="Secret")
    member = cast.client(cast.member)
    assert "edit/" not in text(member.get(cast.url("spend/")))
    for path in ("spend/new/", f"spend/{made.pk}/edit/", f"spend/{made.pk}/void/"):
        assert member.post(cast.url(path), {"reason": "X"}).status_code == 403
    owner = cast.client(cast.owner)
    assert owner.get(cast.url(f"spend/{theirs.pk}/edit/")).status_code == 404
    assert owner.post(cast.url(f"spend/{theirs.pk}/void/"), {"reason": "X"}).status_code == 404
    assert "Secret" not in text(owner.get(cast.url("spend/months/")))
