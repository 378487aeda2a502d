import pytest

from accounts.models import Contact
from tests.accounts import facts
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")


def text(response):
    return response.content.decode()


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace)


def test_list_searches_people_and_their_accounts_and_filters_by_role(cast, account):
    other = facts.account(cast.workspace, "恒泰软件")
    facts.contact(account, "王磊", mobile="13812345678", roles=["user"])
    facts.contact(other, "Zhao Min", email="zhao@example.com", roles=["decision_maker", "signer"])
    client = cast.client(cast.viewer)

    def names(**params):
        return [one.name for one in client.get(cast.url("contacts/"), params).context["list"].rows]

    assert names() == ["王磊", "Zhao Min"]
    assert names(q="王磊") == ["王磊"]
    assert names(q="138123") == ["王磊"]
    assert names(q="恒泰") == ["Zhao Min"]
    assert names(q="ZHAO@") == ["Zhao Min"]
    assert names(role="signer") == ["Zhao Min"]
    assert names(role="user", q="Zhao") == []
    assert "Decision maker, Signer" in text(client.get(cast.url("contacts/")))


def test_a_contact_is_entered_from_its_account(cast, account):
    client = cast.client(cast.member)
    address = cast.url(f"contacts/new/?account={account.pk}")
    form = client.get(address).context["form"]
    assert form["account"].value() == "Lanhai Logistics"
    # A second account of the same name: what the form was opened from counts.
    facts.account(cast.workspace, "Lanhai Logistics")
    response = client.post(
        address,
        {"account": "Lanhai Logistics", "name": "Wang Lei", "roles": ["user", "signer"], "mobile": "13800000000"},
    )
    with workspace_scope(cast.workspace):
        made = Contact.objects.get()
        assert (made.account_id, made.name, made.roles) == (account.pk, "Wang Lei", ["user", "signer"])
    assert response.url == cast.url(f"contacts/{made.pk}/")


@pytest.mark.parametrize(
    "typed, field, message",
    [
        ({"account": ""}, "account", "This field is required."),
        ({"account": "Nobody Inc"}, "account", "Unknown account."),
        ({"account": "Twins"}, "account", "Several accounts have this name"),
        ({"name": ""}, "name", "This field is required."),
        ({"email": "nonsense"}, "email", "This is not a mail address."),
        ({"roles": ["king"]}, "roles", "Select a valid choice"),
        ({"mobile": "1" * 40}, "mobile", "At most 30 characters."),
    ],
)
def test_a_bad_contact_is_refused_beside_its_field(cast, account, typed, field, message):
    facts.account(cast.workspace, "Twins")
    facts.account(cast.workspace, "Twins")
    response = cast.client(cast.member).post(
        cast.url("contacts/new/"), {"account": "Lanhai Logistics", "name": "Wang Lei", "title": "CTO"} | typed
    )
    assert response.status_code == 422
    assert message in " ".join(response.context["form"].errors[field])
    assert 'value="CTO"' in text(response)
    with workspace_scope(cast.workspace):
        assert Contact.objects.count() == 0


def test_an_account_of_another_workspace_is_unknown(cast, account):
    theirs = facts.account(cast.rival, "Secret", external_id="R1")
    client = cast.client(cast.owner)
    assert client.get(cast.url(f"contacts/new/?account={theirs.pk}")).context["form"]["account"].value() == ""
    for typed in ("Secret", "R1", str(theirs.pk)):
        response = client.post(cast.url("contacts/new/"), {"account": typed, "name": "Spy"})
        assert response.context["form"].errors["account"] == ["Unknown account."]


def test_a_contact_can_move_to_another_account(cast, account):
    made = facts.contact(account)
    other = facts.account(cast.workspace, "Hengtai", external_id="H1")
    response = cast.client(cast.member).post(
        cast.url(f"contacts/{made.pk}/edit/"), {"account": "H1", "name": "Wang Lei"}
    )
    assert response.status_code == 302
    with workspace_scope(cast.workspace):
        made.refresh_from_db()
        assert made.account_id == other.pk


def test_page_shows_the_person_and_the_others(cast, account):
    made = facts.contact(account, "Wang Lei", wechat="wl_88", roles=["evaluator"], title="CTO", note="Likes tea")
    facts.contact(account, "Li Qiang")
    page = text(cast.client(cast.viewer).get(cast.url(f"contacts/{made.pk}/")))
    for shown in ("Wang Lei", "wl_88", "Evaluator", "CTO", "Likes tea", "Li Qiang", "Lanhai Logistics"):
        assert shown in page
    assert "edit/" not in page


def test_voiding_a_contact(cast, account):
    made = facts.contact(account)
    client = cast.client(cast.member)
    client.post(cast.url(f"contacts/{made.pk}/void/"), {"reason": ""})
    with workspace_scope(cast.workspace):
        assert Contact.objects.standing().count() == 1
    client.post(cast.url(f"contacts/{made.pk}/void/"), {"reason": "Left the company"})
    with workspace_scope(cast.workspace):
        assert Contact.objects.standing().count() == 0
    assert client.get(cast.url(f"contacts/{made.pk}/")).status_code == 404


def test_viewers_are_refused_and_strangers_find_nothing(cast, account):
    made = facts.contact(account)
    theirs = facts.contact(facts.account(cast.rival))
    paths = ["contacts/new/", f"contacts/{made.pk}/edit/", f"contacts/{made.pk}/void/"]
    for path in paths:
        assert cast.client(cast.viewer).post(cast.url(path), {"name": "X", "reason": "X"}).status_code == 403
    for path in ("", "edit/"):
        assert cast.client(cast.owner).get(cast.url(f"contacts/{theirs.pk}/{path}")).status_code == 404


def test_the_timeline_tells_the_talks_they_took_part_in(cast, account):
    made, other = facts.contact(account, "Wang Lei"), facts.contact(account, "Li Qiang")
    for day in range(1, 32):
        facts.interaction(
            account, happened_on=f"2026-03-{day:02}", subject=f"Talk {day:02}", contacts=[str(made.pk), str(other.pk)]
        )
    facts.interaction(account, subject="Without him", contacts=[str(other.pk)])
    client, page = cast.client(cast.viewer), cast.url(f"contacts/{made.pk}/")
    latest = client.get(page)
    told = [entry.talk.subject for entry in latest.context["timeline"] if entry.talk]
    assert told[:2] == ["Talk 31", "Talk 30"]
    assert "Without him" not in text(latest)
    older = client.get(latest.context["older_url"], headers={"HX-Request": "true"})
    assert text(older).lstrip().startswith("<li")
    told += [entry.talk.subject for entry in older.context["timeline"] if entry.talk]
    assert told == [f"Talk {day:02}" for day in range(31, 0, -1)]
    assert older.context["older_url"] == ""
    assert client.get(f"{page}?before=nothing").status_code == 404
