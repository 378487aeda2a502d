"""Spend through its action: keys, channels, the trail."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import ChangedFact
from leads.actions import save_spend, void_spend
from leads.models import Channel, Spend
from workspaces.models import Activity

ROW = {"date": "2026-01-05", "channel": "search", "amount": "100.50"}


@pytest.fixture
def save(acme):
    def save(*rows, **options):
        return save_spend(workspace=acme.workspace, rows=rows, by=acme.actor(acme.manager), **options)

    return save


def test_channel_is_made_by_name_and_the_month_is_touched(save):
    first, second = save(ROW, ROW | {"channel": "events"})
    assert (first.status, second.status) == ("created", "created")
    assert set(Channel.objects.values_list("name", flat=True)) == {"search", "events"}
    for changed, name in zip(ChangedFact.objects.order_by("id"), ("search", "events"), strict=True):
        assert (changed.account_id, changed.from_day) == (None, dt.date(2026, 1, 5))
        assert (changed.subject_type, changed.subject_label) == ("spend", f"{name} 2026-01-05")


def test_row_is_known_by_day_channel_and_campaign(save):
    save(ROW)
    (again,) = save(ROW | {"amount": "200"})
    assert (again.status, Spend.objects.get().amount) == ("updated", Decimal(200))
    (campaign,) = save(ROW | {"campaign": "spring"})
    assert (campaign.status, Spend.objects.count()) == ("created", 2)


def test_row_without_an_id_is_known_by_day_and_channel_alone(save):
    save(ROW | {"external_id": "S1", "campaign": "spring"})
    (again,) = save(ROW | {"amount": "7"})
    assert (again.status, again.external_id, Spend.objects.get().amount) == ("updated", "S1", Decimal(7))


@pytest.mark.parametrize("other", [{"campaign": "spring"}, {"external_id": "S1"}])
def test_row_without_a_campaign_is_another_one_beside_the_row_that_is_there(save, other):
    save(ROW | {"external_id": "S1", "campaign": "spring"})
    both = save(ROW | other, ROW | {"amount": "7"})
    assert [(row.status, row.errors) for row in both] == [("unchanged", {}), ("created", {})]
    assert set(Spend.objects.values_list("campaign", "amount")) == {("spring", Decimal("100.50")), ("", Decimal(7))}


def test_row_is_known_by_its_external_id_first(save):
    save(ROW | {"external_id": "S1"})
    (moved,) = save({"external_id": "S1", "date": "2026-02-05"})
    assert (moved.status, Spend.objects.get().date) == ("updated", dt.date(2026, 2, 5))
    assert ChangedFact.objects.order_by("-id").first().from_day == dt.date(2026, 1, 5), "the earlier month too"


def test_bad_rows_make_no_channel(save):
    results = save(
        ROW | {"channel": "ghost", "amount": "-1"}, ROW | {"channel": ""}, ROW | {"date": "2026-02-30"}, ROW, ROW
    )
    assert [list(result.errors) for result in results] == [["amount"], ["channel"], ["date"], [], ["date"]]
    assert list(Channel.objects.values_list("name", flat=True)) == ["search"]


def test_trail_names_the_channel(save):
    save(ROW)
    save(ROW | {"external_id": "S1"}, mode="create")
    save({"external_id": "S1", "channel": "events"})
    told = Activity.objects.filter(subject_type="spend", verb="updated").get()
    assert (told.before, told.after) == ({"channel": "search"}, {"channel": "events"})
    assert told.subject_label == "events 2026-01-05"


def test_voided_spend_stands_no_longer(acme, save):
    (row,) = save(ROW)
    ChangedFact.objects.all().delete()
    void_spend(workspace=acme.workspace, pk=row.id, reason="booked twice", by=acme.actor(acme.manager))
    assert not Spend.objects.standing().exists()
    assert ChangedFact.objects.get().from_day == dt.date(2026, 1, 5)
    with pytest.raises(Spend.DoesNotExist):
        void_spend(workspace=acme.workspace, pk=row.id, reason="again", by=acme.actor(acme.manager))
