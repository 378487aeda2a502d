"""Duplicates, merging and splitting over the API: what is shown first, what is written once, and who may not."""

import datetime as dt

import pytest
from django.db.models import F

from accounts.models import Account, AccountMerge, DistinctAccounts
from tests.accounts import facts
from tests.api.client import Api, error_of
from workspaces.scope import workspace_scope


@pytest.fixture
def pair(cast):
    group = facts.account(cast.workspace, "Group", external_id="G")
    winner = facts.account(cast.workspace, "Lanhai Logistics", external_id="W", tags=["vip"], region="East")
    loser = facts.account(
        cast.workspace, "Lanhai Logistics Ltd.", external_id="L", tags=["pilot"], industry="Freight", parent="G"
    )
    facts.contact(loser, "Wang Lei", external_id="P")
    return winner, loser, group


def reload(cast, *rows):
    with workspace_scope(cast.workspace):
        for row in rows:
            row.refresh_from_db()


def test_pairs_are_listed_and_kept_apart(api, cast, pair):
    winner, loser, group = pair
    (found,) = api.get("accounts/duplicates/").json()["results"]
    assert [one["name"] for one in found["accounts"]] == [winner.name, loser.name]
    assert (found["score"], found["evidence"]) == (5, [{"kind": "name", "value": "lanhailogistics"}])
    assert api.get("accounts/duplicates/", account_id=str(group.pk)).json() == {"results": []}
    assert len(api.get("accounts/duplicates/", account_id=str(loser.pk)).json()["results"]) == 1
    assert api.post("accounts/duplicates/", {"accounts": [str(loser.pk), str(winner.pk)]}).status_code == 204
    assert api.get("accounts/duplicates/").json() == {"results": []}
    same = [str(winner.pk), str(winner.pk).upper()]
    for wrong in ([], [str(winner.pk)], same, "x", [str(winner.pk), {}], [str(winner.pk), 7]):
        fields = error_of(api.post("accounts/duplicates/", {"accounts": wrong}), 400, "invalid")["fields"]
        assert all(path.startswith("accounts") for path in fields)
    with workspace_scope(cast.workspace):
        assert DistinctAccounts.objects.count() == 1


def test_preview_writes_nothing_and_says_what_the_merge_then_does(api, cast, pair):
    winner, loser, group = pair
    preview = api.get(f"accounts/{winner.pk}/merge/", **{"with": str(loser.pk)}).json()
    assert preview["moves"] == {"contact": 1}
    fields = {one["field"]: one for one in preview["fields"]}
    assert fields["tags"] == {
        "field": "tags",
        "values": {"winner": ["vip"], "loser": ["pilot"], "both": ["vip", "pilot"]},
        "suggested": "both",
    }
    assert {name: one["suggested"] for name, one in fields.items()} == {
        "name": "winner",
        "parent": "loser",
        "industry": "loser",
        "region": "winner",
        "tags": "both",
        "external_id": "winner",
    }
    assert fields["parent"]["values"] == {"winner": None, "loser": str(group.pk)}
    with workspace_scope(cast.workspace):
        assert not AccountMerge.objects.exists()

    body = {"with": str(loser.pk), "take": {"name": "loser", "industry": "winner"}}
    answer = api.post(f"accounts/{winner.pk}/merge/", body, **{"Idempotency-Key": "once"})
    made = answer.json()
    assert answer.status_code == 201, made
    again = api.post(f"accounts/{winner.pk}/merge/", body, **{"Idempotency-Key": "once"})
    assert (again.content, again["Idempotent-Replayed"]) == (answer.content, "true")
    assert (again["Location"], again.get("ETag")) == (answer["Location"], answer.get("ETag"))
    reload(cast, winner, loser)
    assert (winner.name, winner.industry, winner.tags, winner.parent_id) == (
        "Lanhai Logistics Ltd.",
        "",
        ["pilot", "vip"],
        group.pk,
    )
    assert loser.voided_at is not None
    assert made["moved"] == {"contact": 1}
    assert {one["field"] for one in made["changed"]} == {"name", "tags", "parent"}
    assert made["split"] == {"is_possible": True, "reasons": [], "stays": []}
    assert api.get(answer["Location"].removeprefix("http://testserver")).json() == made

    with workspace_scope(cast.workspace):
        # One transaction has one time; what comes after the merge must be seen to.
        AccountMerge.objects.update(at=F("at") - dt.timedelta(seconds=1))
    late = facts.contact(winner, "Li Na")
    split = api.post(f"merges/{made['id']}/split/")
    assert split.status_code == 200, split.content
    assert split.json()["split"]["stays"] == [f"Contact {late.name}"]
    assert split.json()["split_at"] is not None
    reload(cast, winner, loser)
    assert (winner.name, winner.parent_id, loser.voided_at) == ("Lanhai Logistics", None, None)
    assert "split already" in str(error_of(api.post(f"merges/{made['id']}/split/"), 409, "conflict")["fields"])


def test_what_cannot_be_is_refused_and_changes_nothing(api, cast, pair):
    winner, loser, group = pair
    foreign = facts.account(cast.rival, "Elsewhere")
    url = f"accounts/{winner.pk}/merge/"
    with_loser = {"with": str(loser.pk)}
    for body, field in (
        ({}, "with"),
        ({"with": str(winner.pk)}, "with"),
        ({"with": str(foreign.pk)}, "with"),
        ({"with": 7}, "with"),
        (with_loser | {"take": []}, "take"),
        (with_loser | {"take": {"name": "both"}}, "take.name"),
        (with_loser | {"take": {"name": []}}, "take.name"),
        (with_loser | {"take": {"mrr": "loser"}}, "take.mrr"),
        (with_loser | {"dry_run": True}, "dry_run"),
    ):
        assert list(error_of(api.post(url, body), 400, "invalid")["fields"]) == [field], body
    error_of(api.get(url, **{"with": str(foreign.pk)}), 400, "invalid")
    error_of(api.get(url), 400, "invalid")
    error_of(api.post(f"accounts/{foreign.pk}/merge/", with_loser), 404, "not_found")
    # A circle is refused where it was asked for.
    circle = {"with": str(loser.pk), "take": {"parent": "loser"}}
    assert api.post(f"accounts/{group.pk}/merge/", circle).status_code == 201
    reload(cast, group)
    assert group.parent_id is None


def test_readers_may_look_and_not_merge(cast, pair):
    winner, loser, _group = pair
    reader = Api(cast.api_key(scope="read"))
    assert reader.get(f"accounts/{winner.pk}/merge/", **{"with": str(loser.pk)}).status_code == 200
    error_of(reader.post(f"accounts/{winner.pk}/merge/", {"with": str(loser.pk)}), 403, "permission_denied")
    error_of(reader.post("accounts/duplicates/", {}), 403, "permission_denied")
    with workspace_scope(cast.workspace):
        assert Account.objects.standing().count() == 3
