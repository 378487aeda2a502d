"""The composer on top of the timeline: all that comes with an entry is written together, or nothing is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Attachment, Interaction, Mention, Task
from metrics.closing import close_through
from tests.accounts import facts
from tests.cast import DAY
from tests.metrics.books import after
from workspaces.models import Notification, User
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.usefixtures("on_the_day")
HTMX = {"HTTP_HX_REQUEST": "true"}


def text(response):
    return response.content.decode()


@pytest.fixture
def account(cast):
    return facts.account(cast.workspace)


def written(cast):
    """(interactions, tasks, files, mentions) of acme."""
    with workspace_scope(cast.workspace):
        return tuple(model.objects.count() for model in (Interaction, Task, Attachment, Mention))


def call(**changed):
    return {"kind": "call", "happened_on": "2026-03-30", "minutes": "Asks for seats", **changed}


def test_an_entry_with_all_that_comes_with_it(cast, account):
    wang = facts.contact(account, roles=["decision_maker"])
    client = cast.client(cast.member)
    answer = client.post(
        cast.url(f"accounts/{account.pk}/compose/"),
        call(
            subject="Renewal",
            minutes="@Manager asks for <seats>",
            need="SSO",
            feedback="Good",
            stage="Offer",
            contacts=[str(wang.pk)],
            next_step="Send the offer, @Owner",
            next_step_on="2026-04-07",
            makes_task="on",
            assignee="manager@example.com",
            attachments=[SimpleUploadedFile("offer.pdf", b"%PDF-1")],
        ),
        **HTMX,
    )
    assert answer.status_code == 200
    shown = text(answer)
    # The fresh composer, and the other parts for their places.
    assert 'id="composer"' in shown
    for part in ("timeline", "account-head", "committee", "account-tasks", "files"):
        assert f'id="{part}" hx-swap-oob="true"' in shown
    for told in (
        "Call: Renewal",
        '<span class="mention">@Manager</span> asks for &lt;seats&gt;',
        "Next: Send the offer, ",
        "Send the offer, @Owner",
        "offer.pdf",
        "talked 1 day ago",
    ):
        assert told in shown
    with workspace_scope(cast.workspace):
        made = Interaction.objects.get()
        assert (made.kind, made.need, made.feedback, made.stage) == ("call", "SSO", "Good", "Offer")
        assert made.author.user.email == "member@example.com"
        assert f"(member:{cast.manager.pk})" in made.minutes
        task = Task.objects.get()
        assert (task.title, str(task.due_on)) == ("Send the offer, @Owner", "2026-04-07")
        assert (task.account_id, task.assignee_id) == (account.pk, cast.manager.pk)
        assert Attachment.objects.get().interaction_id == made.pk
        assert {row.member_id for row in Mention.objects.all()} == {cast.manager.pk, cast.owner.pk}
        told = Notification.objects.filter(kind="mentioned")
        assert {(row.member_id, row.subject_id, row.subject_label) for row in told} == {
            (pk, str(made.pk), "Lanhai Logistics · Renewal") for pk in (cast.manager.pk, cast.owner.pk)
        }
    # Without a script it leads back to the page.
    assert client.post(cast.url(f"accounts/{account.pk}/compose/"), call()).url == cast.url(f"accounts/{account.pk}/")


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"minutes": " "}, "minutes", "Write something first."),
        ({"happened_on": ""}, "happened_on", "This field is required."),
        ({"happened_on": "someday"}, "happened_on", ""),
        ({"kind": "dream"}, "kind", "Select a valid choice"),
        ({"makes_task": "on"}, "next_step", "Say what is to be done."),
        ({"subject": "x" * 201}, "subject", "At most 200 characters."),
        ({"makes_task": "on", "next_step": "Call", "assignee": "stranger@example.com"}, "assignee", "Select a valid"),
    ],
)
def test_a_bad_entry_comes_back_as_it_was_typed(cast, account, typed, field, message):
    answer = cast.client(cast.member).post(
        cast.url(f"accounts/{account.pk}/compose/"), call(stage="Offer") | typed, **HTMX
    )
    assert answer.status_code == 422
    assert message in " ".join(answer.context["composer"].errors[field])
    assert 'value="Offer"' in text(answer)
    assert 'class="composer open"' in text(answer)
    assert written(cast) == (0, 0, 0, 0)


def test_a_refused_file_or_contact_takes_everything_along(cast, account):
    other = facts.contact(facts.account(cast.workspace, "Hengtai"), "Li")
    facts.contact(account)
    client = cast.client(cast.member)
    address = cast.url(f"accounts/{account.pk}/compose/")
    bad = SimpleUploadedFile("run.exe", b"MZ")
    sent = call(minutes="@Owner", next_step="Call", makes_task="on", attachments=[bad])
    answer = client.post(address, sent, **HTMX)
    assert answer.context["composer"].errors["attachments"] == ["Files of this kind are not kept: run.exe."]
    answer = client.post(address, call(contacts=[str(other.pk)]))
    assert answer.status_code == 422
    assert answer.context["composer"].errors["contacts"]
    assert written(cast) == (0, 0, 0, 0)
    with workspace_scope(cast.workspace):
        assert not Notification.objects.filter(kind="mentioned").exists()


def test_a_mention_stays_the_same_person(cast, account):
    client = cast.client(cast.member)
    client.post(cast.url(f"accounts/{account.pk}/compose/"), call(minutes="Ask @Manager"))
    with workspace_scope(cast.workspace):
        made = Interaction.objects.get()
    User.objects.filter(pk=cast.manager.user_id).update(name="Renamed")
    page = cast.url(f"accounts/interactions/{made.pk}/")
    assert '<span class="mention">@Renamed</span>' in text(client.get(page))
    assert '<span class="mention">@Renamed</span>' in text(client.get(cast.url(f"accounts/{account.pk}/")))
    form = client.get(f"{page}edit/").context["form"]
    assert form["minutes"].value() == "Ask @Renamed"
    assert form.picked == [str(cast.manager.pk)]
    kept = {"account": "Lanhai Logistics", "kind": "call", "happened_on": "2026-03-30"}
    # Two of one name: who was picked counts; of two that nobody picked, nobody.
    User.objects.filter(pk=cast.viewer.user_id).update(name="Renamed")
    client.post(f"{page}edit/", kept | {"minutes": "Ask @Renamed again", "mention": [str(cast.manager.pk)]})
    with workspace_scope(cast.workspace):
        assert [row.member_id for row in Mention.objects.all()] == [cast.manager.pk]
        assert Notification.objects.filter(kind="mentioned").count() == 1
    client.post(f"{page}edit/", kept | {"minutes": "Ask @Renamed once more"})
    assert written(cast)[3] == 0
    client.post(f"{page}edit/", kept | {"minutes": "Ask @Owner"})
    with workspace_scope(cast.workspace):
        assert [row.member_id for row in Mention.objects.all()] == [cast.owner.pk]
        assert "Ask @Owner" in Interaction.objects.get().minutes.replace("[", "").replace("]", "")


def test_a_mention_of_another_workspaces_member_is_text(cast, account):
    stray = f"@[Stranger](member:{cast.stranger.pk})"
    cast.client(cast.member).post(cast.url(f"accounts/{account.pk}/compose/"), call(minutes=f"Ask {stray}"))
    assert written(cast) == (1, 0, 0, 0)


def test_colleagues_are_offered_to_those_who_write(cast):
    User.objects.filter(pk=cast.manager.user_id).update(name="王磊")
    found = cast.client(cast.member).get(cast.url("colleagues/")).json()["colleagues"]
    assert [one["mail"] for one in found] == [
        "member@example.com", "owner@example.com", "viewer@example.com", "manager@example.com",
    ]  # fmt: skip
    assert found[-1] == {
        "id": str(cast.manager.pk), "name": "王磊", "mail": "manager@example.com",
        "letters": "wl", "sounds": ["wanglei", "lei"],
    }  # fmt: skip
    assert cast.client(cast.viewer).get(cast.url("colleagues/")).status_code == 403


def test_the_timeline_tells_money_and_is_narrowed_by_kind(cast, account, monkeypatch):
    facts.contract(account, starts_on="2026-01-01", ends_on=None)
    facts.contract(account, starts_on="2026-02-10", ends_on=None)
    close_through(workspace=cast.workspace, until=DAY, at=after(DAY))
    facts.interaction(account, subject="Renewal talk")
    facts.attachment(account)
    client = cast.client(cast.viewer)
    page = client.get(cast.url(f"accounts/{account.pk}/"))
    assert [one.text for one in page.context["timeline"]][-2:] == ["Expansion +¥1,000 a month", "New +¥1,000 a month"]
    assert "10 Feb 2026" in text(page)

    def told(**asked):
        answer = client.get(cast.url(f"accounts/{account.pk}/timeline/"), asked, **HTMX)
        return [one.text for one in answer.context["timeline"]]

    assert told(show="talks") == ["Call: Renewal talk"]
    assert told(show="money") == ["Expansion +¥1,000 a month", "New +¥1,000 a month"]
    assert told(show="files") == ["File offer.pdf added"]
    assert told(show="changes") == ["Account entered"]
    assert len(told(show="contracts")) == 2
    everything = told()
    assert told(show="nonsense") == everything
    # Page by page nothing is told twice and nothing is lost.
    monkeypatch.setattr("accounts.account_timeline.PAGE", 2)
    address, pages = cast.url(f"accounts/{account.pk}/timeline/"), []
    while address:
        answer = client.get(address, **HTMX)
        pages += [one.text for one in answer.context["timeline"]]
        address = answer.context["older_url"]
    assert pages == everything


def test_the_head_says_what_moved_and_what_is_next(cast):
    account = facts.account(cast.workspace)
    for year in range(2020, 2026):
        facts.contract(account, starts_on=f"{year}-01-01", ends_on=f"{year}-12-31", number=f"HT-{year}")
    facts.contract(account, starts_on="2026-01-01", ends_on=None)
    close_through(workspace=cast.workspace, until=DAY, at=after(DAY))
    client, page = cast.client(cast.viewer), cast.url(f"accounts/{account.pk}/")

    def head():
        return {fact["label"]: (fact["value"], fact.get("note", "")) for fact in client.get(page).context["facts"]}

    assert head()["MRR"] == ("¥1,000", "+¥1,000 on 1 Jan 2020")
    assert "Next step" not in head()
    facts.interaction(account, next_step="Past", next_step_on="2026-03-30")
    assert "Next step" not in head()
    facts.interaction(account, next_step="Send the offer", next_step_on="2026-04-07")
    assert head()["Next step"] == ("Send the offer", "in 7 days")
    facts.task(cast.workspace, "Call back", account_id=str(account.pk), due_on="2026-03-30")
    assert head()["Next step"] == ("Call back", "1 day ago")
    assert "2 earlier contracts" in text(client.get(page))


def test_a_new_owner_is_told_by_name(cast):
    account = facts.account(cast.workspace, owner="member@example.com")
    client = cast.client(cast.owner)
    client.post(cast.url("accounts/edits/"), {"picked": str(account.pk), "owner": str(cast.owner.pk)})
    (latest, *_rest) = client.get(cast.url(f"accounts/{account.pk}/")).context["timeline"]
    assert latest.text == "Owner: Member → Owner"
    assert latest.changes == []


def test_viewers_compose_nothing_and_strangers_find_nothing(cast, account):
    theirs = facts.account(cast.rival)
    viewer = cast.client(cast.viewer)
    assert "composer" not in text(viewer.get(cast.url(f"accounts/{account.pk}/")))
    assert viewer.post(cast.url(f"accounts/{account.pk}/compose/"), call()).status_code == 403
    assert cast.client(cast.owner).post(cast.url(f"accounts/{theirs.pk}/compose/"), call()).status_code == 404
    assert written(cast) == (0, 0, 0, 0)


def test_queries_do_not_grow_with_what_happened(cast, account, django_assert_max_num_queries):
    client, page = cast.client(cast.member), cast.url(f"accounts/{account.pk}/")
    client.get(page)

    def ask():
        with django_assert_max_num_queries(45) as counted:
            client.get(page)
        return len(counted)

    def happen(number):
        talk = facts.interaction(account, minutes=f"Ask @[Owner](member:{cast.owner.pk}) {number}")
        facts.attachment(account, f"{number}.pdf", interaction=talk)
        facts.contact(account, f"Contact {number}", stance="neutral")
        facts.task(cast.workspace, f"Task {number}", account_id=str(account.pk))

    happen(1)
    first = ask()
    for number in range(2, 6):
        happen(number)
    assert ask() == first
