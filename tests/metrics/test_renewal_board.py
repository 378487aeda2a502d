"""Stages of renewals: moved on the board, taken back, told in the trail, and what comes next beside them."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import move_renewal
from accounts.models import Contract, RenewalStage
from accounts.next_steps import next_steps
from metrics.closing import close_through
from tests.accounts import facts
from tests.api.client import Api
from tests.metrics.books import after
from workspaces.batch import Conflict
from workspaces.mentions import token
from workspaces.models import Activity
from workspaces.scope import workspace_scope

CLOSED = dt.date(2026, 3, 10)


@pytest.fixture
def book(cast):
    """Three terms that end in May, one that ended in February and was renewed, one that was given up."""
    made = {}
    for name, ends_on in (("Alpha", "2026-05-31"), ("Beta", "2026-05-31"), ("Gamma", "2026-05-20")):
        account = facts.account(cast.workspace, name, owner="member@example.com")
        made[name] = facts.contract(account, starts_on="2025-06-01", ends_on=ends_on, number=f"HT-{name}")
        made[name].account = account
    account = facts.account(cast.workspace, "Delta")
    made["Delta"] = facts.contract(account, starts_on="2025-03-01", ends_on="2026-02-28", external_id="D1")
    facts.contract(account, starts_on="2026-03-01", ends_on=None, renews="D1")
    account = facts.account(cast.workspace, "Epsilon")
    made["Epsilon"] = facts.contract(account, starts_on="2025-03-01", ends_on="2026-02-28", cancelled_on="2026-01-10")
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    return made


def board(cast, person, **params):
    page = cast.client(person).get(cast.url("renewals/list/"), {"layout": "board", "saved": "none"} | params)
    assert page.status_code == 200
    return page


def stands(page):
    return {
        shown.column.key: (shown.count, shown.total_title, [card.title for card in shown.cards])
        for shown in page.context["board"]["columns"]
        if shown.count
    }


def stage_of(cast, contract):
    with workspace_scope(cast.workspace):
        return list(RenewalStage.objects.filter(contract=contract).values_list("number", "stage"))


def move(cast, person, text, *, field="move", **extra):
    return cast.client(person).post(cast.url("renewals/move/?layout=board&saved=none"), {field: text} | extra)


def test_board_shows_stages_with_count_and_worth_and_settled_ones_apart(cast, book):
    page = board(cast, cast.member)
    assert stands(page) == {
        "not_started": (3, "¥3,000", ["Gamma", "Alpha", "Beta"]),
        "renewed": (1, "¥1,000", ["Delta"]),
        "lost": (1, "¥1,000", ["Epsilon"]),
    }
    cards = {card.title: card for shown in page.context["board"]["columns"] for card in shown.cards}
    assert [to.key for to in cards["Alpha"].moves] == ["talking", "offer_sent", "agreed", "will_not_renew"]
    assert list(cards["Delta"].moves) == list(cards["Epsilon"].moves) == []
    assert 'draggable="true"' in page.content.decode()
    # A viewer sees the same and can move nothing.
    seen = board(cast, cast.viewer)
    assert stands(seen) == stands(page)
    assert not any(card.moves for shown in seen.context["board"]["columns"] for card in shown.cards)
    assert 'draggable="true"' not in seen.content.decode()
    assert stands(board(cast, cast.member, q="alp")) == {"not_started": (1, "¥1,000", ["Alpha"])}


def test_what_is_settled_stands_the_latest_first(cast, book):
    for name, ends_on in (("Zeta", "2025-12-31"), ("Eta", "2026-01-31")):
        account = facts.account(cast.workspace, name)
        facts.contract(account, starts_on="2025-01-01", ends_on=ends_on, cancelled_on="2025-11-10")
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    shown = stands(board(cast, cast.member))
    assert shown["lost"][2] == ["Epsilon", "Eta", "Zeta"]
    assert shown["not_started"][2] == ["Gamma", "Alpha", "Beta"]


def test_a_renewal_is_moved_and_taken_back(cast, book):
    contract = book["Alpha"]
    client = cast.client(cast.member)
    answer = client.post(
        cast.url("renewals/move/?layout=board&saved=none"),
        {"move": f"{contract.pk}:0:talking"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    html = answer.content.decode()
    assert html.count("data-moved") == 1
    assert 'hx-swap-oob="beforeend"' in html
    assert f"{contract.pk}:0:not_started:talking" in html
    assert stage_of(cast, contract) == [(0, "talking")]
    assert stands(board(cast, cast.member))["talking"] == (1, "¥1,000", ["Alpha"])
    with workspace_scope(cast.workspace):
        told = Activity.objects.get(verb="renewal_moved")
        assert (told.subject_type, told.subject_id, told.door) == ("contract", str(contract.pk), "page")
        assert (told.before, told.after) == ({"renewal_stage": "not_started"}, {"renewal_stage": "talking"})
    trail = cast.client(cast.owner).get(cast.url("activity/?kind=contract")).content.decode()
    assert "<del>Not started</del> → <ins>Talking</ins>" in trail
    page = cast.client(cast.owner).get(cast.url(f"accounts/{contract.account_id}/")).content.decode()
    assert f"Renewal of {contract}: Not started → Talking" in page
    back = cast.url("renewals/list/?layout=board&saved=none")
    undone = move(cast, cast.member, f"{contract.pk}:0:not_started:talking", field="token", back=back)
    assert undone["Location"] == back
    assert stage_of(cast, contract) == [(0, "not_started")]
    # Moved on by somebody else meanwhile, it stays; and no other site is led to.
    move(cast, cast.owner, f"{contract.pk}:0:agreed")
    undone = move(
        cast, cast.member, f"{contract.pk}:0:not_started:talking", field="token", back="https://evil.example/"
    )
    assert undone["Location"] == cast.url("renewals/list/")
    assert stage_of(cast, contract) == [(0, "agreed")]
    # Without script the form leads back to the board.
    plain = move(cast, cast.member, f"{contract.pk}:0:agreed")
    assert plain["Location"] == cast.url("renewals/list/?layout=board&saved=none")
    with workspace_scope(cast.workspace):
        assert Activity.objects.filter(verb="renewal_moved").count() == 3


def test_moves_are_refused_to_viewers_strangers_and_of_what_is_settled(cast, book):
    alpha, delta = book["Alpha"], book["Delta"]
    assert move(cast, cast.viewer, f"{alpha.pk}:0:talking").status_code == 403
    assert (
        cast.client(cast.stranger).post(cast.url("renewals/move/"), {"move": f"{alpha.pk}:0:talking"}).status_code
        == 404
    )
    for text in (
        "",
        "x",
        f"{alpha.pk}:0:renewed",
        f"{alpha.pk}:x:talking",
        f"{alpha.pk}:-1:talking",
        f"{alpha.pk}:7:talking",
        "01890000-0000-7000-8000-000000000000:0:talking",
        f"{alpha.pk}:0:talking:nonsense",
        f"{alpha.pk}:99999999999999999999:talking",
    ):
        assert move(cast, cast.member, text).status_code == 404, text
    assert move(cast, cast.member, f"{delta.pk}:0:talking").status_code == 302
    with workspace_scope(cast.workspace):
        assert not RenewalStage.objects.exists()
        assert not Activity.objects.filter(verb="renewal_moved").exists()
        options = {"workspace": cast.workspace, "contract_id": alpha.pk, "stage": "talking"}
        with pytest.raises(PermissionDenied):
            move_renewal(number=0, by=cast.actor(cast.viewer), **options)
        with pytest.raises(Contract.DoesNotExist):
            move_renewal(number=5_000, by=cast.actor(cast.member), **options)
        with pytest.raises(Conflict):
            move_renewal(number=0, by=cast.actor(cast.member), was="agreed", **options)
        with pytest.raises(ValueError, match="nowhere"):
            move_renewal(number=0, by=cast.actor(cast.member), **options | {"stage": "nowhere"})
    with workspace_scope(cast.rival), pytest.raises(Contract.DoesNotExist):
        move_renewal(number=0, by=cast.actor(cast.stranger), **options | {"workspace": cast.rival})


def test_a_stage_stays_with_its_renewal_when_the_end_is_written_anew(cast, book):
    move(cast, cast.member, f"{book['Beta'].pk}:0:offer_sent")
    with workspace_scope(cast.workspace):
        facts.actions.save_contracts(
            workspace=cast.workspace,
            rows=[{"id": str(book["Beta"].pk), "ends_on": "2026-06-15"}],
            by=cast.actor(cast.owner),
            mode="update",
        )
    later = CLOSED + dt.timedelta(days=1)
    close_through(workspace=cast.workspace, until=later, at=after(later))
    assert stands(board(cast, cast.member))["offer_sent"] == (1, "¥1,000", ["Beta"])


def test_list_and_api_say_the_stage_and_what_comes_next(cast, book):
    alpha, beta = book["Alpha"], book["Beta"]
    facts.task(cast.workspace, "Send the offer", account_id=str(alpha.account_id), due_on="2026-03-20")
    facts.task(cast.workspace, "Some day", account_id=str(alpha.account_id))
    facts.interaction(alpha.account, next_step="Not this one")
    facts.interaction(beta.account, happened_on="2026-03-01", next_step="Older")
    call = f"Call the CFO with {token('Manager', cast.manager.pk)}"
    facts.interaction(beta.account, happened_on="2026-03-02", next_step=call, next_step_on="2026-03-15")
    facts.interaction(beta.account, happened_on="2026-03-03")
    move(cast, cast.member, f"{alpha.pk}:0:agreed")
    client = cast.client(cast.viewer)
    page = client.get(cast.url("renewals/list/"), {"saved": "none", "columns": "stage,next_step", "stage": "agreed"})
    ((row, cells),) = page.context["rows"]
    assert row.stage_label == "Agreed"
    assert cells[1][1] == "Send the offer · 2026-03-20"
    assert "Send the offer" in page.content.decode()
    with workspace_scope(cast.workspace), CaptureQueriesContext(connection) as queries:
        steps = next_steps(cast.workspace, {contract.account_id for contract in book.values()})
    assert len(queries) == 2
    assert {key: step.text for key, step in steps.items()} == {
        alpha.account_id: "Send the offer",
        beta.account_id: "Call the CFO with @Manager",
    }
    lines = {
        card.title: card.lines for shown in board(cast, cast.viewer).context["board"]["columns"] for card in shown.cards
    }
    assert lines["Beta"] == ["2026-05-31 · HT-Beta", "Member", "Call the CFO with @Manager · 2026-03-15"]
    rows = Api(cast.api_key(scope="read")).get("metrics/renewals/").json()["results"]
    assert {row["number"]: row["stage"] for row in rows if row["due_on"] > "2026-03"} == {
        "HT-Alpha": "agreed",
        "HT-Beta": "not_started",
        "HT-Gamma": "not_started",
    }


def test_a_board_takes_as_many_queries_however_much_is_on_it(cast, book):
    client, address = cast.client(cast.member), cast.url("renewals/list/?layout=board&saved=none")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with workspace_scope(cast.workspace):
        options = {"workspace": cast.workspace, "by": cast.actor(cast.owner)}
        line = {"product": "Core", "quantity": 1, "unit_amount": "100", "interval": "month"}
        facts.actions.save_accounts(
            rows=[{"external_id": f"M{n}", "name": f"More {n:02}"} for n in range(40)], **options
        )
        facts.actions.save_contracts(
            rows=[
                {
                    "account": f"M{n}",
                    "currency": "CNY",
                    "starts_on": "2025-06-01",
                    "ends_on": "2026-04-30",
                    "lines": [line],
                }
                for n in range(40)
            ],
            **options,
        )
    close_through(workspace=cast.workspace, until=CLOSED, at=after(CLOSED))
    with CaptureQueriesContext(connection) as many:
        page = client.get(address)
    assert len(few) == len(many) <= 26
    first = page.context["board"]["columns"][0]
    assert (first.count, len(first.cards)) == (43, 30)
    full = cast.client(cast.member).get(first.more_url)
    assert full.context["summary"].startswith("43 renewals")


def test_renewals_in_groups(cast, book):
    move(cast, cast.member, f"{book['Alpha'].pk}:0:talking")

    def groups(**params):
        page = cast.client(cast.viewer).get(cast.url("renewals/list/"), {"saved": "none"} | params)
        heads = [row.opens_group for row in page.context["list"].rows if row.opens_group]
        for head in heads:
            alone = cast.client(cast.viewer).get(head.href)
            assert len(alone.context["list"].rows) == head.count
        return [(str(head.label), head.count, head.said) for head in heads]

    assert groups(group="month") == [("February 2026", 2, "¥2,000"), ("May 2026", 3, "¥3,000")]
    assert groups(group="owner") == [("Member", 3, "¥3,000"), ("No owner", 2, "¥2,000")]
    assert groups(group="stage") == [
        ("Not started", 2, "¥2,000"),
        ("Talking", 1, "¥1,000"),
        ("Renewed", 1, "¥1,000"),
        ("Given up or lost", 1, "¥1,000"),
    ]
