"""What accounts are sliced by, day by day, through every action that changes it."""

import datetime as dt

import pytest
from django.db import connection

from accounts.actions import hand_over_accounts, save_accounts
from accounts.models import Account, AccountTrait, CustomField, TraitChange
from accounts.size_bands import SIZE_BANDS, size_band, size_band_sql
from workspaces.models import Activity


def day(number: int) -> dt.date:
    return dt.date(2026, 1, number)


def save(cast, on=None, **row):
    (result,) = save_accounts(
        workspace=cast.workspace,
        rows=[{"external_id": "A", **row}],
        by=cast.actor(cast.manager),
        day=on,
    )
    assert result.errors == {}
    return result


def changes() -> list[tuple]:
    rows = TraitChange.objects.order_by("dimension", "changed_on")
    return list(rows.values_list("dimension", "changed_on", "before"))


def make_fields(cast):
    for position, (key, kind) in enumerate([("plan", "choice"), ("budget", "money"), ("guide", "person")]):
        CustomField.objects.create(
            workspace=cast.workspace,
            key=key,
            name=key.title(),
            kind=kind,
            choices=["A", "B"] if kind == "choice" else [],
            position=position,
        )


def test_changes_are_dated_and_first_values_count_for_the_whole_past(acme):
    make_fields(acme)
    save(acme, day(1), name="Alpha")
    save(
        acme,
        day(2),
        industry="Retail",
        channel="Fair",
        employees=50,
        tags=["b", "a"],
        owner="member@example.com",
        custom={"plan": "A", "budget": "5", "guide": "manager@example.com"},
    )
    assert changes() == []

    save(
        acme,
        day(5),
        industry="Energy",
        channel=None,
        employees=60,
        tags=["a", "c"],
        owner="manager@example.com",
        custom={"plan": "B", "budget": 5, "guide": None},
    )
    assert changes() == [
        ("channel", day(5), ["Fair"]),
        ("custom:guide", day(5), [str(acme.manager.pk)]),
        ("custom:plan", day(5), ["A"]),
        ("industry", day(5), ["Retail"]),
        ("owner", day(5), [str(acme.member.pk)]),
        ("tag", day(5), ["a", "b"]),
    ]


def test_several_changes_of_a_day_keep_what_was_before_it(acme):
    save(acme, day(1), name="Alpha", region="North")
    save(acme, day(3), region="South")
    save(acme, day(3), region="West")
    save(acme, day(4), region="West")
    assert changes() == [("region", day(3), ["North"])]
    # A clock that goes back dates nothing before what is known.
    save(acme, day(2), region="East")
    assert changes() == [("region", day(3), ["North"])]
    save(acme, day(6), region="North")
    assert changes() == [("region", day(3), ["North"]), ("region", day(6), ["East"])]


def test_a_refused_row_changes_nothing(acme):
    make_fields(acme)
    save(acme, day(1), name="Alpha", region="North", tags=["a"], custom={"plan": "A"})
    before = Account.objects.values().get()
    (result,) = save_accounts(
        workspace=acme.workspace,
        rows=[
            {
                "external_id": "A",
                "region": "South",
                "tags": ["b"],
                "custom": {"plan": "C", "budget": "much", "guide": "nobody@example.com", "other": "x"},
            }
        ],
        by=acme.actor(acme.manager),
    )
    assert result.errors == {
        "custom.plan": ["This must be one of: A, B."],
        "custom.budget": ["This must be a number."],
        "custom.guide": ["No member has this mail address."],
        "custom.other": ["There is no such field."],
    }
    assert Account.objects.values().get() == before
    assert changes() == []
    assert set(AccountTrait.objects.values_list("dimension", "value")) == {("tag", "a"), ("custom:plan", "A")}


def test_custom_values_are_merged_indexed_and_told(acme):
    make_fields(acme)
    save(acme, name="Alpha", tags=["a"], custom={"plan": "A", "budget": "50000", "guide": "manager@example.com"})
    save(acme, custom={"plan": "B"}, tags=["b"])
    account = Account.objects.get()
    guide = str(acme.manager.pk)
    assert account.custom == {"plan": "B", "budget": "50000.00", "guide": guide}
    assert set(AccountTrait.objects.values_list("account", "dimension", "value")) == {
        (account.pk, "tag", "b"),
        (account.pk, "custom:plan", "B"),
        (account.pk, "custom:budget", "50000.00"),
        (account.pk, "custom:guide", guide),
    }
    made, changed = Activity.objects.filter(subject_type="account").order_by("id")
    assert made.after["custom"] == {"Plan": "A", "Budget": "50000.00", "Guide": "manager@example.com"}
    assert (changed.before, changed.after) == (
        {"tags": ["a"], "custom": {"Plan": "A"}},
        {"tags": ["b"], "custom": {"Plan": "B"}},
    )
    # What is offered no longer, and who has left, stays where it stands; an archived field keeps its values.
    CustomField.objects.filter(key="plan").update(choices=["C"])
    CustomField.objects.filter(key="budget").update(archived_at="2026-01-01T00:00Z")
    save(acme, custom={"plan": "B", "guide": guide})
    save(acme, custom=None)
    assert Account.objects.get().custom == {"budget": "50000.00"}


def test_hand_over_is_a_change_of_owner(acme):
    save(acme, day(1), name="Alpha", owner="member@example.com")
    hand_over_accounts(
        workspace=acme.workspace, giver=acme.member, taker=acme.manager, by=acme.actor(acme.owner), day=day(9)
    )
    assert changes() == [("owner", day(9), [str(acme.member.pk)])]


@pytest.mark.parametrize("employees", [None, 0, 1, 19, 20, 99, 100, 499, 500, 1999, 2000, 100_000_000])
def test_size_bands_agree_with_their_sql(acme, employees):
    save(acme, name="Alpha", employees=employees)
    with connection.cursor() as cursor:
        cursor.execute(f"select {size_band_sql('employees')} from accounts_account")
        (in_sql,) = cursor.fetchone()
    assert in_sql == size_band(employees)
    assert [band.key for band in SIZE_BANDS if employees is not None and band.holds(employees)] == (
        [in_sql] if in_sql else []
    )
