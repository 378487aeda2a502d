"""Accounts under accounts: where the parent is said, that a family is always a tree, and what the page tells of it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actions import merge_accounts, save_accounts, split_accounts, take_back_accounts, void_account
from accounts.families import family_of
from accounts.models import Account, AccountMerge
from tests.accounts import facts
from tests.api.client import Api, error_of
from tests.cast import DAY
from tests.effort import examples
from workspaces.batch import Conflict, InvalidRow
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(acme):
    def write(*rows, **options):
        return save_accounts(workspace=acme.workspace, rows=rows, by=acme.actor(acme.member), **options)

    return write


def parents(acme) -> dict[str, str | None]:
    rows = Account.objects.standing().filter(workspace=acme.workspace)
    return dict(rows.values_list("external_id", "parent__external_id"))


def errors(results) -> list[list[str]]:
    return [sorted(result.errors) for result in results]


def assert_trees(acme) -> None:
    links = dict(Account.objects.filter(workspace=acme.workspace).values_list("pk", "parent_id"))
    for pk in links:
        seen, at = set(), pk
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = links[at]


def test_parents_are_named_by_external_id_id_or_name(acme, save):
    with workspace_scope(acme.workspace):
        # The parent may stand later in the same batch.
        assert errors(
            save({"external_id": "A", "name": "Alpha", "parent": "B"}, {"external_id": "B", "name": "Beta"})
        ) == [
            [],
            [],
        ]
        beta = Account.objects.get(external_id="B")
        save({"external_id": "C", "name": "Gamma", "parent_id": str(beta.pk)})
        assert errors(save({"external_id": "D", "name": "Delta", "parent": "Beta"})) == [["parent"]]
        save({"external_id": "D", "name": "Delta", "parent": "Beta"}, match_names=True)
        assert parents(acme) == {"A": "B", "B": None, "C": "B", "D": "B"}
        # What does not say it keeps it; empty takes it away.
        save({"external_id": "A", "industry": "Freight"}, {"external_id": "C", "parent": ""})
        save({"external_id": "D", "parent_id": None})
        assert parents(acme) == {"A": "B", "B": None, "C": None, "D": None}
        told = Activity.objects.filter(subject_label="Gamma", verb="updated").latest("id")
        assert (told.before, told.after) == ({"parent": "Beta"}, {"parent": None})
        facts.account(acme.workspace, "Beta", external_id="B2")
        assert errors(save({"external_id": "D", "parent": "Beta"}, match_names=True)) == [["parent"]]


def test_what_cannot_be_a_parent_is_refused_at_the_field(acme, cast, save):
    other = facts.account(cast.rival, "Elsewhere", external_id="E")
    with workspace_scope(acme.workspace):
        save({"external_id": "A", "name": "Alpha"}, {"external_id": "B", "name": "Beta", "parent": "A"})
        assert errors(save({"external_id": "A", "parent": "A"})) == [["parent"]]
        assert errors(save({"external_id": "A", "parent": "B"})) == [["parent"]]
        assert errors(save({"external_id": "A", "parent": "E"})) == [["parent"]]
        assert errors(save({"external_id": "A", "parent_id": str(other.pk)})) == [["parent_id"]]
        assert errors(save({"external_id": "A", "parent_id": "no id"})) == [["parent_id"]]
        # A circle of one batch; and what hangs under a row that is refused is refused as well.
        circle = [{"external_id": key, "name": key, "parent": above} for key, above in ("XY", "YZ", "ZX")]
        assert errors(save(*circle)) == [["parent"]] * 3
        assert errors(save({"external_id": "P", "name": ""}, {"external_id": "Q", "name": "Q", "parent": "P"})) == [
            ["name"],
            ["parent"],
        ]
        # Two may change places in one batch.
        assert errors(save({"external_id": "A", "parent": "B"}, {"external_id": "B", "parent": None})) == [[], []]
        assert parents(acme) == {"A": "B", "B": None}


KEYS = st.sampled_from("ABCDE")
ROWS = st.lists(st.tuples(KEYS, st.none() | KEYS, st.booleans()), min_size=1, max_size=5)


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(batches=st.lists(ROWS, min_size=1, max_size=4), merges=st.lists(st.tuples(KEYS, KEYS), max_size=2))
def test_no_sequence_of_saves_merges_and_splits_makes_a_circle(acme, save, batches, merges):
    with workspace_scope(acme.workspace):
        Account.objects.all().update(parent=None)
        save(*({"external_id": key, "name": key} for key in "ABCDE"))
        for rows in batches:
            # Some rows are refused for another reason, and keep the parent that they have.
            save(*({"external_id": key, "parent": above, "name": "" if bad else key} for key, above, bad in rows))
            assert_trees(acme)
        before, done = parents(acme), []
        for first, second in merges:
            pair = [Account.objects.standing().filter(external_id=key).first() for key in (first, second)]
            if first != second and all(pair):
                done.append(
                    merge_accounts(workspace=acme.workspace, winner=pair[0], loser=pair[1], take={}, by=by(acme))
                )
                assert_trees(acme)
        for merge in reversed(done):
            split_accounts(workspace=acme.workspace, merge=merge, by=by(acme))
            assert_trees(acme)
        assert parents(acme) == before


def by(acme):
    return acme.actor(acme.member)


def test_merge_leads_children_to_the_winner_and_lifts_it_out_from_under_the_loser(acme, save):
    with workspace_scope(acme.workspace):
        rows = [("T", None), ("L", "T"), ("M", "L"), ("W", "M"), ("N", "L")]
        save(*({"external_id": key, "name": key, "parent": above} for key, above in rows))
        before = parents(acme)
        winner, loser = (Account.objects.get(external_id=key) for key in "WL")
        merge = merge_accounts(workspace=acme.workspace, winner=winner, loser=loser, take={}, by=by(acme))
        assert parents(acme) == {"T": None, "M": "W", "W": "T", "N": "W"}
        assert Activity.objects.get(verb="merged").after["moved"] == "2 subsidiaries"
        save({"external_id": "T", "name": "T"}, {"external_id": "W", "parent": None})
        split_accounts(workspace=acme.workspace, merge=merge, by=by(acme))
        assert parents(acme) == before | {"W": None}


def test_split_that_would_make_a_circle_is_refused(acme, save):
    with workspace_scope(acme.workspace):
        save(
            *(
                {"external_id": key, "name": key, "parent": above}
                for key, above in (("P", None), ("L", "P"), ("C", "L"))
            )
        )
        winner = facts.account(acme.workspace, "W", external_id="W")
        loser = Account.objects.get(external_id="L")
        take = {"parent": "loser"}
        merge = merge_accounts(workspace=acme.workspace, winner=winner, loser=loser, take=take, by=by(acme))
        assert parents(acme) == {"P": None, "C": "W", "W": "P"}
        save({"external_id": "W", "parent": None}, {"external_id": "P", "parent": "C"})
    with workspace_scope(acme.workspace), pytest.raises(Conflict, match="above itself"):
        split_accounts(workspace=acme.workspace, merge=merge, by=by(acme))


def test_voiding_a_parent_leaves_its_subsidiaries_alone(acme, save):
    with workspace_scope(acme.workspace):
        save({"external_id": "A", "name": "Alpha"}, {"external_id": "B", "name": "Beta", "parent": "A"})
        void_account(workspace=acme.workspace, pk=Account.objects.get(external_id="A").pk, reason="twice", by=by(acme))
        assert parents(acme) == {"B": None}
        told = Activity.objects.filter(subject_label="Beta", verb="updated").latest("id")
        assert told.before == {"parent": "Alpha"}


def test_taking_a_batch_back_puts_parents_back(acme, save):
    with workspace_scope(acme.workspace):
        save({"external_id": "A", "name": "Alpha"}, {"external_id": "B", "name": "Beta", "parent": "A"})
        journal = []
        save({"external_id": "N", "name": "New"}, {"external_id": "B", "parent": "N"}, journal=journal)
        first = journal[:1]
        how = {"workspace": acme.workspace, "by": by(acme), "reason": "wrong file", "day": DAY}
        (kept,) = take_back_accounts(changes=first, **how)
        assert "1 subsidiary" in kept.reason
        take_back_accounts(changes=journal, **how)
        assert parents(acme) == {"A": None, "B": "A"}


@pytest.fixture
def book(acme):
    top = facts.account(acme.workspace, "Top Holding", external_id="T")
    mid = facts.account(acme.workspace, "Middle Group", external_id="M", parent="T")
    paying = {"customer_since": "2026-01-01"}
    for number in range(11):
        figures = paying | {"mrr_cents": number * 100_00}
        facts.account(acme.workspace, f"Branch {number}", parent="M", figures=figures)
    deep = facts.account(acme.workspace, "Deep Shop", external_id="D", figures=paying | {"mrr_cents": 5_00})
    with workspace_scope(acme.workspace):
        Account.objects.filter(pk=deep.pk).update(parent=Account.objects.get(name="Branch 0"))
    return top, mid, deep


def test_page_tells_what_is_above_and_below(cast, book, django_assert_num_queries):
    _top, mid, deep = book
    client = cast.client(cast.viewer)
    text = client.get(cast.url(f"accounts/{mid.pk}/")).content.decode()
    assert "Related accounts" in text
    assert "Top Holding" in text
    assert "12 accounts under this one: MRR ¥5,505 " in text
    assert "Branch 10" in text
    assert f"?parent={mid.pk}" in text
    section = text[text.index('id="related-accounts"') :]
    assert "Branch 0<" not in section
    with workspace_scope(cast.workspace):
        mid.refresh_from_db()
        deep.refresh_from_db()
        with django_assert_num_queries(2):
            family = family_of(mid)
        assert [one.name for one in family.subsidiaries][:2] == ["Branch 10", "Branch 9"]
        assert (len(family.subsidiaries), family.direct, family.count) == (10, 11, 12)
        with django_assert_num_queries(2):
            above = family_of(deep).above
        assert [name for _pk, name in above] == ["Top Holding", "Middle Group", "Branch 0"]
    listed = client.get(cast.url("accounts/") + f"?parent={mid.pk}&columns=parent")
    assert listed.context["list"].totals.count == 11
    assert "Middle Group" in listed.content.decode()
    found = client.get(cast.url("accounts/parents/"), {"words": "middle"}).content.decode()
    assert f'value="{mid.pk}"' in found
    assert "Top Holding" not in found
    assert "Top Holding" in client.get(cast.url("accounts/parents/")).content.decode()
    assert "Nothing matches" in client.get(cast.url("accounts/parents/"), {"words": "Branch 1"}).content.decode()
    alone = facts.account(cast.workspace, "Alone")
    assert "related-accounts" not in client.get(cast.url(f"accounts/{alone.pk}/")).content.decode()


@pytest.mark.parametrize(
    ("links", "winner", "loser", "side", "options", "parent"),
    [
        # Neither stands under the other: it is chosen, and what is empty is filled by itself.
        ("A<T B<U", "A", "B", "loser", ["T", "U"], "U"),
        ("A<T B<U", "A", "B", "winner", ["T", "U"], "T"),
        ("B<U", "A", "B", "winner", ["", "U"], None),
        ("A<T B<T", "A", "B", "loser", None, "T"),
        # The winner comes to stand where the loser stood, however deep it stands under it.
        ("B<T M<B A<M", "A", "B", "winner", "T", "T"),
        ("M<B A<M", "A", "B", "loser", None, None),
        # The loser, and what it belongs under, stand under the winner.
        ("A<T M<A B<M", "A", "B", "winner", "T", "T"),
    ],
)
def test_parent_is_chosen_when_merging_and_never_in_a_circle(acme, save, links, winner, loser, side, options, parent):
    with workspace_scope(acme.workspace):
        save(*({"external_id": key, "name": key} for key in "ABMTU"))
        save(*({"external_id": under, "parent": above} for under, above in (pair.split("<") for pair in links.split())))
        before = parents(acme)
        winner, loser = (Account.objects.get(external_id=key) for key in (winner, loser))
    client = acme.client(acme.member)
    url = acme.url(f"accounts/{winner.pk}/merge/")
    page = client.get(url, {"with": loser.pk})
    choice = next((one for one in page.context["choices"] if one.name == "parent"), None)
    if options is None:
        assert choice is None
    elif isinstance(options, str):
        assert choice.follows
        assert "because one of the two belongs under the other" in page.text
        assert choice.options[0][1] == options
    else:
        assert [text for _side, text in choice.options] == options
        assert choice.chosen == ("winner" if options[0] else "loser")
    assert client.post(url, {"with": loser.pk, "take-parent": side}).status_code == 302
    with workspace_scope(acme.workspace):
        winner.refresh_from_db()
        assert (winner.parent.external_id if winner.parent else None) == parent
        assert_trees(acme)
        merge = AccountMerge.objects.get()
        shown = client.get(acme.url(f"accounts/merges/{merge.pk}/")).text
        assert str(winner.parent_id) not in shown
        split_accounts(workspace=acme.workspace, merge=merge, by=by(acme))
        assert parents(acme) == before


def test_parent_that_would_close_a_circle_is_refused_at_the_field(acme, save):
    with workspace_scope(acme.workspace):
        save({"external_id": "A", "name": "A"}, {"external_id": "B", "name": "B", "parent": "A"})
        winner, loser = (Account.objects.get(external_id=key) for key in "AB")
        with pytest.raises(InvalidRow) as refusal:
            merge_accounts(workspace=acme.workspace, winner=winner, loser=loser, take={"parent": "loser"}, by=by(acme))
        assert list(refusal.value.errors) == ["parent"]
        assert parents(acme) == {"A": None, "B": "A"}


def test_form_takes_a_name_keeps_it_and_says_what_is_wrong(cast, book):
    top, mid, _deep = book
    client = cast.client(cast.member)
    url = cast.url(f"accounts/{mid.pk}/edit/")
    assert 'value="Top Holding"' in client.get(url).content.decode()
    twin = facts.account(cast.workspace, "Top Holding")
    # The name is twice by now; as it stands it means the one that it meant.
    assert client.post(url, {"name": "Middle Group", "external_id": "M", "parent": "Top Holding"}).status_code == 302
    with workspace_scope(cast.workspace):
        assert Account.objects.get(pk=mid.pk).parent_id == top.pk
    refused = client.post(cast.url(f"accounts/{top.pk}/edit/"), {"name": "Top Holding", "parent": "Middle Group"})
    assert refused.status_code == 422
    assert refused.context["form"].errors["parent"] == ["This account is above that one already."]
    assert client.post(url, {"name": "Middle Group", "external_id": "M", "parent": ""}).status_code == 302
    with workspace_scope(cast.workspace):
        assert Account.objects.get(pk=mid.pk).parent_id is None
    suggested = client.get(cast.url("accounts/suggestions/"), {"parent": "Top"}).content.decode()
    assert "Top Holding" in suggested
    assert twin.pk != top.pk


def test_api_reads_writes_and_filters_parents(cast, book):
    api = Api(cast.api_key())
    top, mid, _deep = book
    (found,) = api.get("accounts/", parent="T").json()["results"]
    assert (found["id"], found["parent"], found["parent_id"]) == (str(mid.pk), "T", str(top.pk))
    assert len(api.get("accounts/", parent_id=str(mid.pk)).json()["results"]) == 11
    refused = error_of(api.patch(f"accounts/{top.pk}/", {"parent": "M"}), 400, "invalid")
    assert list(refused["fields"]) == ["parent"]
    assert api.patch(f"accounts/{mid.pk}/", {"parent": None}).json()["parent_id"] is None
