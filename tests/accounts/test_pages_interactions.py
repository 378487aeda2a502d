import pytest

from accounts.models import Interaction
from tests.accounts import facts
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")


def text(response):
    return response.content.decode()


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace)


def interactions(cast):
    with workspace_scope(cast.workspace):
        return list(Interaction.objects.standing().select_related("author__user").prefetch_related("people"))


def test_a_visit_is_entered_from_its_account_and_told_in_the_timeline(cast, account):
    wang, gone = facts.contact(account), facts.contact(account, "Gone")
    client = cast.client(cast.member)
    address = cast.url(f"accounts/interactions/new/?account={account.pk}")
    assert f"accounts/interactions/new/?account={account.pk}" in text(client.get(cast.url(f"accounts/{account.pk}/")))
    form = client.get(address).context["form"]
    assert [label for _value, label in form.fields["contacts"].choices] == ["Gone", "Wang Lei"]
    assert form["happened_on"].value() == "2026-03-31"
    answer = client.post(
        address,
        {
            "account": "Lanhai Logistics",
            "kind": "visit",
            "happened_on": "2026-03-30",
            "subject": "Warehouse tour",
            "contacts": [str(wang.pk)],
            "minutes": "They open a second hall.",
            "next_step": "Send an offer",
            "next_step_on": "2026-04-07",
        },
    )
    (made,) = interactions(cast)
    assert answer.url == cast.url(f"accounts/interactions/{made.pk}/")
    assert (made.account_id, made.kind, made.author.user.email) == (account.pk, "visit", "member@example.com")
    assert [one.contact_id for one in made.people.all()] == [wang.pk]
    page = text(cast.client(cast.viewer).get(cast.url(f"accounts/{account.pk}/")))
    for shown in (
        "Visit: Warehouse tour",
        '<time datetime="2026-03-30">30 Mar 2026</time>',
        "They open a second hall.",
        "Next: Send an offer · 7 Apr 2026",
    ):
        assert shown in page
    assert f'href="{cast.url(f"accounts/interactions/{made.pk}/")}"' in page
    whole = text(cast.client(cast.viewer).get(cast.url(f"accounts/interactions/{made.pk}/")))
    assert "Wang Lei" in whole
    assert "Send an offer" in whole
    assert "edit/" not in whole
    assert gone.name not in whole


def test_an_interaction_is_changed_and_voided(cast, account):
    wang = facts.contact(account)
    made = facts.interaction(account, contacts=[str(wang.pk)], happened_at="2026-03-30T10:00:00+08:00", subject="Talk")
    client = cast.client(cast.member)
    path = cast.url(f"accounts/interactions/{made.pk}/")
    form = client.get(f"{path}edit/").context["form"]
    assert form["contacts"].value() == [str(wang.pk)]
    kept = {"account": "Lanhai Logistics", "kind": "call", "happened_on": "2026-03-30", "contacts": [str(wang.pk)]}
    assert client.post(f"{path}edit/", kept | {"subject": "Talk again"}).status_code == 302
    (changed,) = interactions(cast)
    assert (changed.subject, changed.kind, changed.happened_at) == ("Talk again", "call", made.happened_at)
    page = text(client.get(cast.url(f"accounts/{account.pk}/")))
    assert "Interaction Talk again changed" in page
    client.post(f"{path}void/", {"reason": ""})
    assert len(interactions(cast)) == 1
    client.post(f"{path}void/", {"reason": "Entered twice"})
    assert interactions(cast) == []
    assert client.get(path).status_code == 404
    assert "Entered twice" in text(client.get(cast.url(f"accounts/{account.pk}/")))


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"account": "Nobody Inc"}, "account", "Unknown account."),
        ({"kind": "dream"}, "kind", "Select a valid choice"),
        ({"happened_on": ""}, "happened_on", "This field is required."),
        ({"happened_on": "someday"}, "happened_on", ""),
        ({"subject": "x" * 201}, "subject", "At most 200 characters."),
    ],
)
def test_a_bad_interaction_is_refused_beside_its_field(cast, account, typed, field, message):
    good = {"account": "Lanhai Logistics", "kind": "call", "happened_on": "2026-03-30", "need": "A ramp"}
    answer = cast.client(cast.member).post(cast.url("accounts/interactions/new/"), good | typed)
    assert answer.status_code == 422
    assert message in " ".join(answer.context["form"].errors[field])
    assert "A ramp" in text(answer)
    assert interactions(cast) == []


def test_a_contact_of_another_account_is_refused(cast, account):
    other = facts.contact(facts.account(cast.workspace, "Hengtai"), "Li")
    facts.contact(account)
    good = {"account": "Lanhai Logistics", "kind": "call", "happened_on": "2026-03-30", "contacts": [str(other.pk)]}
    answer = cast.client(cast.member).post(cast.url(f"accounts/interactions/new/?account={account.pk}"), good)
    assert answer.status_code == 422
    assert answer.context["form"].errors["contacts"]
    assert interactions(cast) == []


def test_viewers_are_refused_and_strangers_find_nothing(cast, account):
    made, theirs = facts.interaction(account), facts.interaction(facts.account(cast.rival))
    for path in ("new/", f"{made.pk}/edit/", f"{made.pk}/void/"):
        refused = cast.client(cast.viewer).post(cast.url(f"accounts/interactions/{path}"), {"reason": "X"})
        assert refused.status_code == 403
    for path in ("", "edit/"):
        assert cast.client(cast.owner).get(cast.url(f"accounts/interactions/{theirs.pk}/{path}")).status_code == 404
    assert len(interactions(cast)) == 1
