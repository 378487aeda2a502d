"""One value of one fact, edited where it is shown: saving, refusing, somebody else's change, and taking it back."""

import datetime as dt
import json
import re

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import columns, in_place
from accounts.actions import save_accounts, save_custom_fields
from accounts.models import Account, Contract, CustomField, Task, TraitChange
from tests.accounts import facts
from tests.accounts.test_pages_custom_fields import FIELDS
from workspaces.actions.members import deactivate_member
from workspaces.models import Activity
from workspaces.scope import workspace_scope

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace, "Lanhai", industry="Retail", tags=["vip"], owner=cast.member.user.email)


def path(cast, fact, field):
    return cast.url(f"{type(fact).__name__.lower()}s/{fact.pk}/field/") + f"?field={field}"


def opened(client, cast, fact, field):
    """The editor's answer, and the value that it saw."""
    answer = client.get(path(cast, fact, field), **HTMX)
    assert answer.status_code == 200
    return answer, answer.context["seen"]


def change(client, cast, fact, field, value, *, seen=None):
    if seen is None:
        _answer, seen = opened(client, cast, fact, field)
    return client.post(path(cast, fact, field), {field: value, "seen": seen}, **HTMX)


def take_back(client, answer):
    url, token = answer.context["undo"].split()
    return client.post(url, {"token": token}, **HTMX)


def now(cast, fact):
    with workspace_scope(cast.workspace):
        return type(fact).objects.get(pk=fact.pk)


def trail(cast):
    with workspace_scope(cast.workspace):
        found = Activity.objects.filter(verb="updated").order_by("pk")
        return [(one.subject_type, one.before, one.after, one.user_id) for one in found]


def test_a_value_is_changed_shown_again_and_taken_back(cast, account):
    client = cast.client(cast.member)
    editor, seen = opened(client, cast, account, "industry")
    html = editor.content.decode()
    assert 'value="Retail"' in html
    assert '<option value="Retail">' in html
    assert json.loads(seen) == "Retail"
    saved = change(client, cast, account, "industry", " Energy ")
    assert saved.context["said"] == "Changed Industry of Lanhai to “Energy”."
    assert now(cast, account).industry == "Energy"
    html = saved.content.decode()
    for shape in ("cell", "property"):
        part = re.search(rf'data-field="industry" data-as="{shape}">(.*?)</template>', html, re.S)
        assert part is not None
        assert part[1].strip() == "Energy"
    undone = take_back(client, saved)
    assert undone.context["said"] == "Industry of Lanhai is as it was."
    assert now(cast, account).industry == "Retail"
    assert trail(cast) == [
        ("account", {"industry": "Retail"}, {"industry": "Energy"}, cast.member.user_id),
        ("account", {"industry": "Energy"}, {"industry": "Retail"}, cast.member.user_id),
    ]


def test_the_same_value_changes_nothing_and_says_nothing(cast, account):
    saved = change(cast.client(cast.member), cast, account, "industry", "Retail")
    assert saved.status_code == 200
    assert saved.context["said"] == ""
    assert trail(cast) == []


@pytest.mark.parametrize(
    ("field", "typed", "stored", "said"),
    [
        ("name", "Lanhai Group", "Lanhai Group", "Changed Name of Lanhai Group to “Lanhai Group”."),
        ("employees", "5万", 50_000, "Changed Employees of Lanhai to “50000”."),
        ("tags", "vip, north；vip", ["north", "vip"], "Changed Tags of Lanhai to “north, vip”."),
        ("tags", "", [], "Cleared Tags of Lanhai."),
        ("former_names", "Lan\nHai", ["Lan", "Hai"], "Changed Former names of Lanhai to “Lan, Hai”."),
        ("note", "a\nb", "a\nb", "Changed Note of Lanhai to “a b”."),
        ("industry", "", "", "Cleared Industry of Lanhai."),
    ],
)
def test_fields_of_every_kind_go_there_and_back(cast, account, field, typed, stored, said):
    client = cast.client(cast.member)
    before = getattr(now(cast, account), field)
    saved = change(client, cast, account, field, typed)
    assert getattr(now(cast, account), field) == stored
    assert saved.context["said"] == said
    take_back(client, saved)
    assert getattr(now(cast, account), field) == before


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("plan", "Top", "Top"),
        ("budget", "¥5万", "50000.00"),
        ("live_on", "2025-03-31", "2025-03-31"),
        ("seats", "12.50", "12.5"),
        ("remark", " so so ", "so so"),
    ],
)
def test_own_fields_of_every_kind_go_there_and_back(cast, account, key, typed, stored):
    with workspace_scope(cast.workspace):
        save_custom_fields(workspace=cast.workspace, rows=FIELDS, by=cast.actor(cast.owner))
        save_accounts(
            workspace=cast.workspace,
            rows=[{"id": str(account.pk), "custom": {"remark": "first"}}],
            by=cast.actor(cast.owner),
        )
    client = cast.client(cast.member)
    saved = change(client, cast, account, f"custom_{key}", typed)
    assert now(cast, account).custom == {"remark": "first"} | {key: stored}
    take_back(client, saved)
    assert now(cast, account).custom == {"remark": "first"}
    with workspace_scope(cast.workspace):
        # Within a day, an edit and its undoing leave the past as it was.
        assert TraitChange.objects.filter(dimension__contains=key).exclude(dimension__contains="remark").count() == 0


def test_people_are_chosen_and_those_who_left_stay_until_then(cast, account):
    with workspace_scope(cast.workspace):
        save_custom_fields(workspace=cast.workspace, rows=FIELDS, by=cast.actor(cast.owner))
    client = cast.client(cast.manager)
    mail = cast.manager.user.email
    saved = change(client, cast, account, "owner", mail)
    assert now(cast, account).owner_id == cast.manager.pk
    assert saved.context["said"] == "Changed Owner of Lanhai to “Manager”."
    change(client, cast, account, "custom_guide", str(cast.member.pk))
    assert now(cast, account).custom == {"guide": str(cast.member.pk)}
    with workspace_scope(cast.workspace):
        deactivate_member(workspace=cast.workspace, pk=cast.member.pk, by=cast.actor(cast.owner), revoke_keys=False)
    # The former owner has left: nobody can be given back to them.
    refused = take_back(client, saved)
    assert refused.context["level"] == "warning"
    assert "No member has this mail address." in refused.context["said"]
    assert now(cast, account).owner_id == cast.manager.pk
    assert change(client, cast, account, "owner", cast.stranger.user.email).status_code == 422


def test_what_is_refused_stays_in_the_editor_with_the_reason(cast, account):
    facts.account(cast.workspace, "Other", credit_code="91350100M000100Y43")
    client = cast.client(cast.member)
    for field, typed, why in (
        ("name", "", "This field is required."),
        ("employees", "many", "number"),
        ("credit_code", "123", "18 characters"),
        ("credit_code", "91350100M000100Y43", "Another account has this code."),
        ("tags", "x" * 51, "50"),
        ("owner", "nobody@example.com", "valid choice"),
    ):
        refused = change(client, cast, account, field, typed)
        assert refused.status_code == 422, field
        html = refused.content.decode()
        assert 'aria-invalid="true"' in html
        assert why in html
        if field != "owner":
            assert refused.context["form"][field].value() == typed
    assert trail(cast) == []


def test_somebody_elses_change_is_not_overwritten_unknowingly(cast, account):
    mine, theirs = cast.client(cast.member), cast.client(cast.manager)
    _editor, seen = opened(mine, cast, account, "industry")
    assert change(theirs, cast, account, "industry", "Energy").status_code == 200
    refused = change(mine, cast, account, "industry", "Food", seen=seen)
    assert refused.status_code == 422
    assert "it says “Energy”" in refused.content.decode()
    assert 'value="Food"' in refused.content.decode()
    assert now(cast, account).industry == "Energy"
    # A refused value does not make the editor forget what it saw.
    bad = change(mine, cast, account, "industry", "x" * 101, seen=seen)
    assert bad.status_code == 422
    assert bad.context["seen"] == refused.context["seen"] or bad.context["seen"] == seen
    # Both wanted the same: nothing to ask.
    assert change(mine, cast, account, "industry", "Energy", seen=seen).status_code == 200
    assert change(mine, cast, account, "industry", "Food", seen=refused.context["seen"]).status_code == 200
    assert now(cast, account).industry == "Food"


def test_an_undo_is_refused_after_another_change_for_others_and_when_it_is_old(cast, account, monkeypatch):
    mine, theirs = cast.client(cast.member), cast.client(cast.manager)
    first = change(mine, cast, account, "industry", "Energy")
    second = change(mine, cast, account, "region", "North")
    change(theirs, cast, account, "industry", "Food")
    assert take_back(mine, first).context["said"] == "Not taken back: it was changed since."
    for client, answer in ((theirs, second), (mine, None)):
        url, token = (second.context["undo"]).split()
        answer = client.post(url, {"token": token if client is theirs else token[:-2]}, **HTMX)
        assert answer.context["said"] == "This can no longer be taken back."
    # of this fact, but of another field
    crossed = mine.post(path(cast, account, "industry"), {"token": second.context["undo"].split()[1]}, **HTMX)
    assert crossed.context["said"] == "This can no longer be taken back."
    with monkeypatch.context() as patched:
        patched.setattr(signing.time, "time", lambda: dt.datetime(2100, 1, 1).timestamp())
        assert take_back(mine, second).context["said"] == "This can no longer be taken back."
    assert (now(cast, account).industry, now(cast, account).region) == ("Food", "North")
    # Several edits can each be taken back.
    take_back(mine, second)
    assert now(cast, account).region == ""


def test_contacts_tasks_and_products(cast, account):
    contact = facts.contact(account, "Wang Lei", mobile="13800000000")
    task = facts.task(cast.workspace, "Call", account_id=str(account.pk), due_on="2026-01-05")
    product = facts.product(cast.workspace, "Core")
    client = cast.client(cast.manager)
    for fact, field, typed, stored in (
        (contact, "roles", ["signer", "user"], ["signer", "user"]),
        (contact, "email", "w@example.com", "w@example.com"),
        (task, "due_on", "2026-12-24", dt.date(2026, 12, 24)),
        (task, "due_on", "", None),
        (task, "priority", "high", "high"),
        (task, "assignee", cast.viewer.user.email, None),
        (product, "code", "C-1", "C-1"),
    ):
        was = getattr(now(cast, fact), field)
        saved = change(client, cast, fact, field, typed)
        assert saved.status_code == 200, (field, saved.content)
        if field == "assignee":
            assert now(cast, fact).assignee_id == cast.viewer.pk
        else:
            assert getattr(now(cast, fact), field) == stored
        take_back(client, saved)
        assert getattr(now(cast, fact), field) == was
    assert now(cast, contact).account_id == account.pk
    refused = change(client, cast, contact, "email", "not one")
    assert refused.status_code == 422
    # A task without an account has no account to lose.
    free = facts.task(cast.workspace, "Free")
    assert change(client, cast, free, "title", "Freer").status_code == 200
    assert now(cast, free).title == "Freer"


def test_contracts_change_what_moves_no_figure_and_keep_their_lines(cast, account):
    contract = facts.contract(account, number="HT-1")
    client = cast.client(cast.member)
    for field, typed, stored in (
        ("number", "HT-2", "HT-2"),
        ("signed_on", "2025-12-20", dt.date(2025, 12, 20)),
        ("settlement", "prepaid", "prepaid"),
        ("note", "seal is theirs", "seal is theirs"),
    ):
        assert change(client, cast, contract, field, typed).status_code == 200
        assert getattr(now(cast, contract), field) == stored
    with workspace_scope(cast.workspace):
        fresh = Contract.objects.prefetch_related("lines__product").get()
        assert [(line.product.name, line.unit_amount) for line in fresh.lines.all()] == [("Core", 12000)]
        assert {name for _kind, before, _after, _who in trail(cast) for name in before} == {
            "number", "signed_on", "settlement", "note",
        }  # fmt: skip
    for field in ("currency", "starts_on", "ends_on", "auto_renew", "kind", "account", "basis", "lines"):
        assert client.get(path(cast, contract, field), **HTMX).status_code == 404
        assert client.post(path(cast, contract, field), {field: "USD", "seen": "null"}, **HTMX).status_code == 404


def test_every_declared_column_can_be_edited(cast, account):
    """What a list promises by `edits`, its fact's form has."""
    with workspace_scope(cast.workspace):
        save_custom_fields(workspace=cast.workspace, rows=FIELDS, by=cast.actor(cast.owner))
    made = {
        in_place.ACCOUNT: account,
        in_place.CONTACT: facts.contact(account),
        in_place.CONTRACT: facts.contract(account),
        in_place.TASK: facts.task(cast.workspace),
        in_place.PRODUCT: facts.product(cast.workspace, "Other"),
    }
    client = cast.client(cast.owner)
    seen = 0
    for place, fact in made.items():
        with workspace_scope(cast.workspace):
            declared = [column.edits for column in place.columns(cast.workspace) if column.edits]
            listed = [row["field"] for row in place.properties(fact, cast.workspace) if "field" in row]
        for field in {*declared, *listed, place.heading}:
            opened(client, cast, fact, field)
            seen += 1
    assert seen > 40
    assert {column.key for column in columns.ACCOUNTS if not column.edits} == {
        "standing", "mrr", "since", "renewal", "churned", "parent", "created",
    }  # fmt: skip


def test_who_may_not_edit_gets_no_editor(cast, account):
    product = facts.product(cast.workspace)
    task = facts.task(cast.workspace)
    for person, fact, field, status in (
        (cast.viewer, account, "industry", 403),
        (cast.viewer, task, "title", 403),
        (cast.member, product, "name", 403),
        (cast.member, account, "is_archived", 404),
        (cast.member, account, "mrr_cents", 404),
        (cast.member, account, "", 404),
        (cast.member, account, "custom_nothing", 404),
    ):
        client = cast.client(person)
        assert client.get(path(cast, fact, field), **HTMX).status_code == status
        assert client.post(path(cast, fact, field), {field: "x", "seen": "null"}, **HTMX).status_code == status
    # The page itself offers it to nobody else either.
    for url in ("accounts/", f"accounts/{account.pk}/", "tasks/?view=open", "products/"):
        assert "data-edit=" not in cast.client(cast.viewer).get(cast.url(url)).content.decode()
        assert "data-edit=" in cast.client(cast.owner).get(cast.url(url)).content.decode()
    # Without script the whole form is at hand.
    plain = cast.client(cast.member).get(path(cast, account, "industry"))
    assert plain["Location"] == cast.url(f"accounts/{account.pk}/edit/")
    with workspace_scope(cast.workspace):
        assert Account.objects.get().industry == "Retail"
        assert Task.objects.get().title == "Do something"
        assert CustomField.objects.count() == 0


def test_an_edit_asks_the_database_a_fixed_number_of_times(cast, account):
    client = cast.client(cast.member)
    counts = []
    for typed in ("Energy", "Food"):
        with CaptureQueriesContext(connection) as queries:
            assert change(client, cast, account, "industry", typed).status_code == 200
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))
        for number in range(10):
            facts.account(cast.workspace, f"{typed} {number}", industry=f"I{number}")
    assert counts[0] == counts[1]
    assert counts[0] <= 60
