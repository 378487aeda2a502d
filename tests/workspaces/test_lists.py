import pytest
from django.db.models import Q
from django.utils.http import urlencode

from accounts.models import Account
from workspaces.filters import Filter
from workspaces.list_totals import COUNT_UP_TO, Totals
from workspaces.lists import ListSpec, show_list
from workspaces.sorting import Sort

SPEC = ListSpec(
    sorts=(
        Sort("name", "name"),
        Sort("mrr", "mrr_cents", down_first=True),
        Sort("renewal", "renewal_on", nullable=True),
    ),
    default="name",
    filters=(
        Filter(
            "region",
            "Region",
            lambda workspace: [("north", "North"), ("south", "South")],
            lambda regions: Q(region__in=regions),
        ),
    ),
    search=lambda queryset, words: queryset.filter(name__icontains=words),
    sums=("mrr_cents",),
    size=3,
)


@pytest.fixture
def shown(acme):
    Account.objects.bulk_create(
        Account(workspace=acme.workspace, name=f"Account {n}", region=["north", "south"][n % 2], mrr_cents=n * 100)
        for n in range(8)
    )

    def show(*, beside=None, **params):
        return show_list(
            SPEC,
            Account.objects.filter(workspace=acme.workspace),
            params,
            path="/accounts/",
            workspace=acme.workspace,
            beside=beside,
        )

    return show


def names(listed):
    return [row.name for row in listed.rows]


def test_the_address_carries_search_filter_sort_and_place(shown):
    listed = shown(q=" Account ", region="south", sort="-mrr")
    assert names(listed) == ["Account 7", "Account 5", "Account 3"]
    assert listed.next_url.startswith("/accounts/?" + urlencode({"q": "Account", "region": "south", "sort": "-mrr"}))
    cursor = listed.next_url.partition("cursor=")[2]
    rest = shown(q="Account", region="south", sort="-mrr", cursor=cursor)
    assert names(rest) == ["Account 1"]
    assert rest.next_url == ""
    assert "cursor=" in rest.previous_url


def test_default_sort_and_empty_values_leave_the_address_clean(shown):
    listed = shown(q="", sort="name", region="")
    assert listed.first_url == "/accounts/"
    assert listed.form_params == []
    assert not listed.is_narrowed


def test_heads_turn_the_order_around_and_start_from_the_large_end_where_that_is_asked_first(shown):
    heads = shown().heads
    assert (heads["name"].href, heads["name"].direction) == ("/accounts/?sort=-name", "asc")
    assert (heads["mrr"].href, heads["mrr"].direction) == ("/accounts/?sort=-mrr", "")
    heads = shown(sort="-name").heads
    assert (heads["name"].href, heads["name"].direction) == ("/accounts/", "desc")


def test_a_chip_says_its_value_and_how_to_take_it_away(shown):
    listed = shown(region="north", q="Account", sort="-mrr")
    (chip,) = listed.chosen
    assert (chip.label, chip.value_label) == ("Region", "North")
    assert chip.clear_url == "/accounts/?q=Account&sort=-mrr#filter-add-button"
    assert [(one.value, one.current) for one in chip.choices] == [("north", True), ("south", False)]
    assert listed.clear_url == "/accounts/?sort=-mrr"


def test_taking_the_filter_away_leaves_what_stands_beside_the_list(shown):
    listed = shown(region="north", q="Account", beside={"month": "2026-03", "team": ""})
    assert listed.clear_url == "/accounts/?month=2026-03"


@pytest.mark.parametrize("params", [{"sort": "password"}, {"region": "' or 1=1"}, {"cursor": "broken"}, {"owner": "x"}])
def test_unknown_values_are_passed_over(shown, params):
    assert names(shown(**params)) == ["Account 0", "Account 1", "Account 2"]


def test_totals_count_all_matching_rows(shown):
    assert shown().totals == Totals(8, False, {"mrr_cents": 2800})
    assert shown(region="south").totals == Totals(4, False, {"mrr_cents": 1600})
    assert shown(q="Account 7").totals == Totals(1, False, {"mrr_cents": 700})
    assert shown(q="no such").totals == Totals(0, False, {"mrr_cents": 0})


def test_totals_stop_counting_past_the_bound(shown, monkeypatch):
    monkeypatch.setattr("workspaces.list_totals.COUNT_UP_TO", 5)
    assert shown().totals == Totals(5, True, {})
    assert shown().all_totals() == Totals(8, False, {"mrr_cents": 2800})
    assert COUNT_UP_TO == 10_000
