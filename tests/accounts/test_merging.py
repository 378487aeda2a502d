"""Two accounts made one and two again: what moves, what leads where, what stops a split, and that nothing is lost."""

import datetime as dt
import random

import pytest

from accounts.actions import (
    merge_accounts,
    save_accounts,
    save_contacts,
    save_contracts,
    save_custom_fields,
    save_interactions,
    save_tasks,
    split_accounts,
    void_account,
)
from accounts.merges import moving_models
from accounts.models import (
    Account,
    AccountMerge,
    AccountTrait,
    ChangedFact,
    Contact,
    Contract,
    Interaction,
    Participant,
    RenewalProposal,
    Task,
    TraitChange,
)
from metrics.closing import close_through
from metrics.queries import series
from metrics.verification import verify_ledger
from tests.accounts import facts
from tests.api.client import Api
from tests.cast import AT, DAY
from tests.effort import examples
from workspaces.batch import Conflict
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db

# What is about accounts and does not go along, because it follows from the facts or is the merge itself.
STAYS = {
    "accounts.AccountMerge",
    "accounts.AccountTrait",
    "accounts.ChangedFact",
    "accounts.DistinctAccounts",
    "accounts.TraitChange",
    "metrics.AccountDay",
    "metrics.LineSpan",
    "metrics.Movement",
    "metrics.TermEnd",
}


@pytest.fixture
def pair(acme):
    winner = facts.account(acme.workspace, "Lanhai Logistics", external_id="W", tags=["vip"], region="East")
    loser = facts.account(
        acme.workspace, "Lanhai Logistics Co., Ltd.", external_id="L", tags=["pilot"], industry="Freight"
    )
    return winner, loser


def merged(acme, winner, loser, **take) -> AccountMerge:
    by = acme.actor(acme.member)
    return merge_accounts(workspace=acme.workspace, winner=winner, loser=loser, take=take, by=by)


def split(acme, merge):
    return split_accounts(workspace=acme.workspace, merge=merge, by=acme.actor(acme.member))


def test_every_model_of_accounts_says_whether_it_goes_along():
    related = {one.related_model._meta.label for one in Account._meta.related_objects}
    moving = {model._meta.label for model, _column in moving_models()}
    assert moving == {
        "accounts.Account",
        "accounts.Attachment",
        "accounts.Contact",
        "accounts.Contract",
        "accounts.Interaction",
        "accounts.Task",
    } | (moving - related) | {label for label in moving if not label.startswith("accounts.")}
    assert related - moving <= STAYS, "say in STAYS that it stays, or let it move (Fact.moves_with_account)"


def test_merge_moves_everything_and_says_so(acme, pair):
    winner, loser = pair
    contact, contract = facts.contact(loser), facts.contract(loser)
    talk = facts.interaction(loser, contacts=[str(contact.pk)])
    task = facts.task(acme.workspace, account_id=str(loser.pk))
    gone = facts.contact(loser, "Left Long Ago")
    Contact.objects.filter(pk=gone.pk).update(voided_at=AT)
    ChangedFact.objects.all().delete()

    merge = merged(acme, winner, loser, tags="both", industry="loser")

    for row in (contact, contract, talk, task, gone):
        row.refresh_from_db()
        assert row.account_id == winner.pk
    winner.refresh_from_db()
    loser.refresh_from_db()
    assert (winner.tags, winner.industry, winner.region, winner.external_id) == (
        ["pilot", "vip"],
        "Freight",
        "East",
        "W",
    )
    assert loser.voided_at
    assert "Lanhai Logistics" in loser.void_reason
    assert merge.fields == {"tags": [["vip"], ["pilot", "vip"]], "industry": [None, "Freight"]}
    assert merge.alias == "L"
    traits = AccountTrait.objects.filter(account=winner).values_list("dimension", "value")
    assert set(traits) == {("tag", "pilot"), ("tag", "vip")}
    days = set(ChangedFact.objects.values_list("account_id", "from_day"))
    assert days == {(winner.pk, contract.starts_on), (loser.pk, contract.starts_on)}
    told = Activity.objects.filter(subject_type="account", verb__in=("merged", "voided")).values_list(
        "subject_id", "verb"
    )
    assert set(told) == {(str(winner.pk), "merged"), (str(loser.pk), "voided")}
    after = Activity.objects.get(verb="merged").after
    assert after["merged_account"] == loser.name
    assert after["moved"] == "2 contacts, 1 contract, 1 interaction, 1 task"


def test_code_and_external_id_of_the_loser_can_be_taken(acme, pair):
    winner, loser = pair
    code = "91110108551385082Q"
    save_accounts(
        workspace=acme.workspace, rows=[{"id": str(loser.pk), "credit_code": code}], by=acme.actor(acme.member)
    )
    merge = merged(acme, winner, loser, credit_code="loser", external_id="loser")
    winner.refresh_from_db()
    assert (winner.credit_code, winner.external_id, merge.alias) == (code, "L", "W")
    split(acme, merge)
    winner.refresh_from_db()
    loser.refresh_from_db()
    assert (winner.credit_code, winner.external_id) == ("", "W")
    assert (loser.credit_code, loser.external_id, loser.voided_at) == (code, "L", None)


def test_what_names_the_loser_finds_the_winner(acme, pair):
    winner, loser = pair
    third = facts.account(acme.workspace, "Third", external_id="T")
    merged(acme, winner, loser)
    merged(acme, third, winner)
    by = acme.actor(acme.member)
    rows = [{"name": "A", "account": "L"}, {"name": "B", "account_id": str(loser.pk)}, {"name": "C", "account": "W"}]
    results = save_contacts(workspace=acme.workspace, rows=rows, by=by)
    assert [result.errors for result in results] == [{}, {}, {}]
    assert set(Contact.objects.values_list("account_id", flat=True)) == {third.pk}
    (again,) = save_accounts(workspace=acme.workspace, rows=[{"external_id": "L", "name": "Lanhai"}], by=by)
    assert again.errors == {"external_id": ["This account was merged into Third. Split them first."]}
    client = acme.client(acme.viewer)
    answer = client.get(acme.url(f"accounts/{loser.pk}/"))
    assert (answer.status_code, answer.url) == (302, acme.url(f"accounts/{third.pk}/"))


def test_merge_refuses_what_is_not_standing_and_who_may_not(acme, pair):
    winner, loser = pair
    who = {"workspace": acme.workspace, "winner": winner, "loser": loser, "take": {}}
    with pytest.raises(Exception, match="edit_facts"):
        merge_accounts(by=acme.actor(acme.viewer), **who)
    with pytest.raises(Conflict):
        merge_accounts(by=acme.actor(acme.member), **who | {"loser": winner})
    void_account(workspace=acme.workspace, pk=loser.pk, reason="x", by=acme.actor(acme.member))
    with pytest.raises(Conflict):
        merge_accounts(by=acme.actor(acme.member), **who)
    assert not AccountMerge.objects.exists()


def test_split_keeps_and_names_what_was_added_since(acme, pair):
    winner, loser = pair
    old = facts.contact(loser, "Old Friend")
    merge = merged(acme, winner, loser, region="loser", industry="loser")
    AccountMerge.objects.filter(pk=merge.pk).update(at=merge.at - dt.timedelta(seconds=1))
    new = facts.contact(winner, "New Friend")
    by = acme.actor(acme.member)
    save_accounts(workspace=acme.workspace, rows=[{"id": str(winner.pk), "industry": "Shipping"}], by=by)

    found = split(acme, merge)

    assert found.stays == ["what was changed since: industry", "Contact New Friend"]
    for row in (old, new, winner, loser):
        row.refresh_from_db()
    assert (old.account_id, new.account_id) == (loser.pk, winner.pk)
    assert (winner.industry, winner.region, loser.industry) == ("Shipping", "East", "Freight")
    assert "New Friend" in Activity.objects.get(verb="split").after["stays"]
    with pytest.raises(Conflict, match="split already"):
        split(acme, merge)


def test_split_is_refused_with_reasons(acme, pair):
    winner, loser = pair
    first = facts.contract(loser, "2025-01-01", "2025-12-31", number="C1")
    who = facts.contact(loser, "Wang Lei")
    merge = merged(acme, winner, loser)
    second = facts.contract(winner, "2026-01-01", "2026-12-31", number="C2", renews_id=str(first.pk))
    talk = facts.interaction(winner, subject="Kick-off", contacts=[str(who.pk)])
    with pytest.raises(Conflict) as refusal:
        split(acme, merge)
    assert refusal.value.errors["row"] == [
        "Contract C2 renews C1, and only one of them would go back.",
        "Wang Lei took part in “Kick-off”, and only one of them would go back.",
    ]
    loser.refresh_from_db()
    assert loser.voided_at is not None
    by = acme.actor(acme.member)
    save_contracts(workspace=acme.workspace, rows=[{"id": str(second.pk), "renews": None}], by=by)
    save_interactions(workspace=acme.workspace, rows=[{"id": str(talk.pk), "contacts": []}], by=by)
    Account.objects.filter(pk=winner.pk).update(external_id=None)
    facts.account(acme.workspace, "Another", credit_code="91110108551385082Q")
    Account.objects.filter(pk=loser.pk).update(credit_code="91110108551385082Q")
    with pytest.raises(Conflict, match="Another has its unified social credit code now"):
        split(acme, merge)
    third = facts.account(acme.workspace, "Third")
    merged(acme, third, winner)
    with pytest.raises(Conflict, match="split that first"):
        split(acme, merge)


def test_split_forgets_the_open_question_between_both(acme, pair):
    winner, loser = pair
    facts.contract(winner, "2025-01-01", "2025-12-31")
    facts.contract(loser, "2026-01-01", "2026-12-31")
    merge = merged(acme, winner, loser)
    assert RenewalProposal.objects.count() == 1
    split(acme, merge)
    assert not RenewalProposal.objects.exists()


NOT_COMPARED = ("updated_at", "mrr_cents", "customer_since", "churned_on", "renewal_on")


def snapshot() -> dict:
    found = {}
    for model in (Account, Contact, Contract, Interaction, Participant, Task, RenewalProposal):
        columns = [one.attname for one in model._meta.concrete_fields if one.attname not in NOT_COMPARED]
        found[model.__name__] = list(model.objects.order_by("pk").values(*columns))
    found["traits"] = sorted(AccountTrait.objects.values_list("account", "dimension", "value"))
    found["changes"] = sorted(TraitChange.objects.values_list("account", "dimension", "before"))
    return found


def random_facts(acme, pick, number: int) -> None:
    by = acme.actor(acme.owner)
    who = {"workspace": acme.workspace, "by": by}
    text = lambda *words: pick.choice(["", *words])  # noqa: E731
    save_accounts(
        rows=[
            {"external_id": f"A{n}", "name": f"甲{n}", "industry": text("制造", "零售"), "note": text("x", "y")}
            | {"tags": pick.sample(["a", "b", "c"], pick.randrange(3)), "employees": pick.choice([None, 5, 500])}
            | {"owner": text("owner@example.com", "member@example.com"), "custom": {"plan": text("S", "M")}}
            for n in range(number)
        ],
        **who,
    )
    mine = lambda: f"A{pick.randrange(number)}"  # noqa: E731
    save_contacts(rows=[{"external_id": f"P{n}", "name": f"王{n}", "account": mine()} for n in range(6)], **who)
    for n in range(8):
        line = {
            "product": pick.choice("XY"),
            "quantity": pick.randrange(1, 9),
            "unit_amount": "100.01",
            "interval": "month",
        }
        start = dt.date(2024, 1, 1) + dt.timedelta(days=pick.randrange(500))
        row = {"external_id": f"C{n}", "account": mine(), "currency": "CNY", "starts_on": start, "lines": [line]}
        end = {"ends_on": start + dt.timedelta(days=pick.randrange(30, 700)), "auto_renew": pick.random() < 0.3}
        save_contracts(rows=[row | pick.choice([{}, end])], **who)
    for n in range(5):
        account = mine()
        people = Contact.objects.filter(account__external_id=account).values_list("external_id", flat=True)
        talk = {
            "external_id": f"I{n}",
            "account": account,
            "kind": "call",
            "happened_on": DAY,
            "contacts": list(people),
        }
        save_interactions(rows=[talk], **who)
    save_tasks(rows=[{"external_id": f"T{n}", "title": f"T{n}", "account": mine()} for n in range(4)], **who)


@pytest.mark.parametrize("seed", range(examples(4)))
def test_merges_and_splits_give_the_facts_as_before_and_leave_mrr_alone(acme, seed):
    pick = random.Random(seed)  # noqa: S311 (no secret)
    by = acme.actor(acme.owner)
    save_custom_fields(workspace=acme.workspace, rows=[{"key": "plan", "name": "Plan", "kind": "text"}], by=by)
    random_facts(acme, pick, 5)
    close_through(workspace=acme.workspace, until=DAY, at=AT + dt.timedelta(days=1))
    mrr = sums(acme.workspace)
    before = snapshot()
    merges = []
    standing = list(Account.objects.order_by("external_id"))
    pick.shuffle(standing)
    for _ in range(pick.randrange(1, 4)):
        loser = standing.pop()
        winner = pick.choice(standing)
        fields = ["name", "industry", "tags", "note", "employees", "owner", "external_id", "custom.plan"]
        take = {
            name: pick.choice(["loser", "both"] if name in ("tags", "note") else ["loser"])
            for name in pick.sample(fields, pick.randrange(len(fields)))
        }
        merges.append((snapshot(), merged(acme, winner, loser, **take)))
    close_through(workspace=acme.workspace, until=DAY, at=AT + dt.timedelta(days=1))
    assert sums(acme.workspace) == mrr
    for was, merge in reversed(merges):
        split(acme, merge)
        assert snapshot() == was
    assert snapshot() == before
    close_through(workspace=acme.workspace, until=DAY, at=AT + dt.timedelta(days=1))
    assert sums(acme.workspace) == mrr
    assert_fresh(acme.workspace)


def sums(workspace) -> list:
    found = series(workspace=workspace, keys=["mrr"], first=dt.date(2024, 1, 1), last=DAY, interval="month")
    return [(row["period"], row["mrr"]) for row in found]


def assert_fresh(workspace) -> None:
    """The books are what a computation from nothing finds."""
    assert not verify_ledger(workspace).problems


def test_the_pages_from_compare_to_split(acme, pair):
    winner, loser = pair
    facts.contact(loser, "Wang Lei")
    client = acme.client(acme.member)
    assert client.get(acme.url(f"accounts/{winner.pk}/merge/")).status_code == 200
    missing = client.get(acme.url(f"accounts/{winner.pk}/merge/?account=Nobody"))
    assert missing.status_code == 422
    assert "There is no other account of that name." in missing.text
    page = client.get(acme.url(f"accounts/{winner.pk}/merge/?account=L")).text
    assert "1 contact" in page
    assert "pilot, vip" not in page
    assert "vip, pilot" in page
    answer = client.post(
        acme.url(f"accounts/{winner.pk}/merge/"),
        {
            "with": loser.pk,
            "take-name": "loser",
            "take-tags": "both",
            "take-region": "winner",
            "take-mrr_cents": "loser",
        },
    )
    assert answer.status_code == 302
    winner.refresh_from_db()
    assert (winner.name, winner.tags, winner.region) == ("Lanhai Logistics Co., Ltd.", ["pilot", "vip"], "East")
    merge = AccountMerge.objects.get()
    shown = client.get(acme.url(f"accounts/merges/{merge.pk}/")).text
    assert "1 contact" in shown
    assert "Split again" in shown
    assert f"{acme.member.user}, " in shown
    assert "Merged into this one" in client.get(acme.url(f"accounts/{winner.pk}/")).text
    assert client.post(acme.url(f"accounts/merges/{merge.pk}/split/")).status_code == 302
    assert client.get(acme.url(f"accounts/{loser.pk}/")).status_code == 200
    assert "split again by" in client.get(acme.url(f"accounts/merges/{merge.pk}/")).text
    for path in (f"accounts/{winner.pk}/merge/", f"accounts/merges/{merge.pk}/split/", "accounts/duplicates/apart/"):
        assert acme.client(acme.viewer).post(acme.url(path), {"with": loser.pk}).status_code == 403


def test_the_api_leads_to_the_winner_and_writes_to_nobody_else(cast):
    with workspace_scope(cast.workspace):
        winner, loser = facts.account(cast.workspace, "W"), facts.account(cast.workspace, "L")
        merge_accounts(workspace=cast.workspace, winner=winner, loser=loser, take={}, by=cast.actor(cast.member))
    api = Api(cast.api_key())
    answer = api.get(f"accounts/{loser.pk}/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (301, "merged")
    assert answer["Location"].endswith(f"/api/v1/accounts/{winner.pk}/")
    assert api.get(f"accounts/{loser.pk}/?include_voided=true").json()["name"] == "L"
    for answer in (api.patch(f"accounts/{loser.pk}/", {"name": "X"}), api.delete(f"accounts/{loser.pk}/")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "merged")
    with workspace_scope(cast.workspace):
        winner.refresh_from_db()
        assert winner.name == "W"
        assert winner.voided_at is None
