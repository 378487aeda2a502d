"""Who decides at an account: stances by every door, what is dangerous, and the part of the account's page."""

import datetime as dt

import pytest

from accounts.actions import save_contacts, take_back_contacts
from accounts.committee import committee
from accounts.models import Contact
from tests.accounts import facts
from tests.cast import DAY
from workspaces.activity import Change
from workspaces.models import Activity
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")
PAYING = {"customer_since": dt.date(2025, 1, 1), "mrr_cents": 100_000, "renewal_on": dt.date(2026, 4, 12)}
HTMX = {"HTTP_HX_REQUEST": "true"}


def text(response):
    return response.content.decode()


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace, figures=PAYING)


def contacts(cast):
    with workspace_scope(cast.workspace):
        return {contact.name: contact for contact in Contact.objects.standing()}


def seen(account):
    with workspace_scope(account.workspace):
        return committee(account, day=DAY)


def test_the_weightiest_come_first_with_the_day_of_their_last_talk(cast, account):
    facts.contact(account, "Anna", roles=["user"])
    wang = facts.contact(account, "Wang Lei", roles=["user", "decision_maker"], stance="champion")
    facts.contact(account, "Zhao Min", roles=["signer"])
    facts.contact(account, "Bo")
    facts.interaction(account, happened_on="2026-03-21", contacts=[str(wang.pk)])
    facts.interaction(account, kind="note", happened_on="2026-03-30", contacts=[str(wang.pk)])
    members = seen(account).members
    assert [(one.contact.name, one.talked) for one in members] == [
        ("Wang Lei", "10 days ago"),
        ("Zhao Min", ""),
        ("Anna", ""),
        ("Bo", ""),
    ]
    assert seen(account).warnings == []


def test_warnings_name_what_is_dangerous(cast, account):
    due = "; the renewal is due in 12 days"
    assert seen(account).warnings == [f"No contact is known{due}"]
    facts.contact(account, "Wang Lei", roles=["user"])
    assert seen(account).warnings == [f"No decision maker is known{due}", "Only one contact is known"]
    facts.contact(account, "Zhao Min", roles=["decision_maker"], stance="opponent")
    assert seen(account).warnings == [f"Zhao Min decides and is against us{due}"]
    facts.interaction(account, happened_on="2026-03-01")
    assert seen(account).warnings[1:] == [
        "Nobody has been talked to in 30 days: the last time was 30 days ago",
    ]
    # Writing something down is not talking to somebody.
    facts.interaction(account, kind="note", happened_on="2026-03-30")
    assert len(seen(account).warnings) == 2
    facts.interaction(account, kind="visit", happened_on="2026-03-02")
    assert len(seen(account).warnings) == 1
    account.churned_on = DAY
    assert seen(account).warnings == []


def test_an_account_without_any_talk_is_warned_of_only_when_it_is_known_for_long(cast, account):
    facts.contact(account, "Zhao Min", roles=["decision_maker"])
    facts.contact(account, "Wang Lei")
    assert seen(account).warnings == []
    account.created_at = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    assert seen(account).warnings == ["No call, visit, mail or meeting is on record"]
    account.customer_since = None
    assert seen(account).warnings == []


def test_a_contact_is_added_on_the_page(cast, account):
    client = cast.client(cast.member)
    address = cast.url(f"accounts/{account.pk}/committee/")
    assert f'hx-post="{address}"' in text(client.get(cast.url(f"accounts/{account.pk}/")))
    answer = client.post(address, {"name": "Li Qiang", "roles": ["budget_owner"], "stance": "sceptic"}, **HTMX)
    assert answer.status_code == 200
    made = contacts(cast)["Li Qiang"]
    assert (made.account_id, made.roles, made.stance) == (account.pk, ["budget_owner"], "sceptic")
    for shown in ("Li Qiang", "Sceptic", "Budget owner", "No decision maker is known", "<details open"):
        assert shown in text(answer).replace('<details class="quick-add" id="add-contact" open', "<details open")
    assert "shell" not in text(answer)
    refused = client.post(address, {"name": "", "title": "CFO", "mobile": "1" * 31}, **HTMX)
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"name", "mobile"}
    assert 'value="CFO"' in text(refused)
    assert len(contacts(cast)) == 1
    # Without a script the page answers.
    assert client.post(address, {"name": ""}).status_code == 422
    assert client.post(address, {"name": "Bo"}).url == cast.url(f"accounts/{account.pk}/")


def test_a_stance_is_chosen_beside_the_name(cast, account):
    made = facts.contact(account, mobile="13800000000", roles=["user"])
    client = cast.client(cast.member)
    answer = client.post(cast.url(f"contacts/{made.pk}/stance/"), {"stance": "champion"}, **HTMX)
    assert "Champion" in text(answer)
    now = contacts(cast)["Wang Lei"]
    assert (now.stance, now.mobile, now.roles) == ("champion", "13800000000", ["user"])
    with workspace_scope(cast.workspace):
        trail = Activity.objects.filter(subject_type="contact", verb="updated").get()
        assert (trail.before, trail.after) == ({"stance": "unknown"}, {"stance": "champion"})
    for bad in ("king", ""):
        client.post(cast.url(f"contacts/{made.pk}/stance/"), {"stance": bad})
    assert contacts(cast)["Wang Lei"].stance == "champion"
    assert "Champion" in text(client.get(cast.url(f"contacts/{made.pk}/")))


def test_the_list_shows_and_filters_stances(cast, account):
    facts.contact(account, "Anna", stance="opponent")
    facts.contact(account, "Bo")
    client = cast.client(cast.viewer)
    assert "Opponent" in text(client.get(cast.url("contacts/")))
    rows = client.get(cast.url("contacts/"), {"stance": "opponent"}).context["list"].rows
    assert [one.name for one in rows] == ["Anna"]


def test_viewers_may_look_and_strangers_find_nothing(cast, account):
    made = facts.contact(account, stance="neutral")
    theirs = facts.contact(facts.account(cast.rival))
    viewer, owner = cast.client(cast.viewer), cast.client(cast.owner)
    page = text(viewer.get(cast.url(f"accounts/{account.pk}/")))
    assert "Neutral" in page
    assert "/stance/" not in page
    assert "quick-add" not in page
    for path in (f"accounts/{account.pk}/committee/", f"contacts/{made.pk}/stance/"):
        assert viewer.post(cast.url(path), {"name": "X", "stance": "champion"}).status_code == 403
    for path in (f"accounts/{theirs.account_id}/committee/", f"contacts/{theirs.pk}/stance/"):
        assert owner.post(cast.url(path), {"name": "X", "stance": "champion"}).status_code == 404
    assert contacts(cast)["Wang Lei"].stance == "neutral"


def test_an_import_from_before_there_were_stances_is_undone_all_the_same(acme):
    by, journal = acme.actor(acme.owner), []
    made = facts.account(acme.workspace)
    row = {"account_id": str(made.pk), "name": "Wang Lei"}
    save_contacts(workspace=acme.workspace, rows=[row], by=by, journal=journal)
    (change,) = journal
    del change.after["stance"]
    assert isinstance(change, Change)
    (back,) = take_back_contacts(workspace=acme.workspace, changes=journal, by=by, reason="Undone", day=DAY)
    assert back.status == back.VOIDED
