"""An erased person stands in no column of any table any more; what is others' stays, and so do the figures."""

import io
import uuid

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connections
from xlsxwriter import Workbook

from accounts.actions import hand_over_accounts, save_contacts, save_interactions
from accounts.models import Account, Attachment, Contact, Interaction, Participant
from b2bops.data.people import erase_contact, erase_member, request_erasure, run_erasure
from b2bops.data.texts import Words
from jobs.imports.actions import receive_file
from jobs.imports.kinds import import_kind
from jobs.models import File, ImportJob, Outbox, Run, WebhookEvent
from tests.accounts import facts
from tests.api.client import Api
from tests.cast import AT, make_member, make_user
from workspaces.actions.members import deactivate_member
from workspaces.actions.saved_views import keep_view
from workspaces.kept_lists import kept_list
from workspaces.models import Activity, Erasure, IdempotencyKey, Membership, User
from workspaces.scope import workspace_scope

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
NAME, MOBILE, MAIL, WECHAT = "Quirinus Ängström", "13912345678", "q.angstrom@kunde.example", "quirinus_wx"
WORDS = (NAME, MOBILE, "139-1234-5678", MAIL, WECHAT)
COLUMNS = """
select table_name, column_name, data_type from information_schema.columns
where table_schema = 'public' and (data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY'))
"""


def found_in(words) -> set[tuple[str, str]]:
    """(table, column) wherever one of the words stands, in any table, whoever's it is."""
    found = set()
    link = connections["owner"]
    with link.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column, kind in cursor.fetchall():
            for word in words:
                if kind == "bytea":
                    holds = f"position(convert_to(%s, 'UTF8') in \"{column}\") > 0"
                else:
                    holds, word = f'"{column}"::text ilike %s', f"%{word}%"
                cursor.execute(f'select 1 from "{table}" where {holds} limit 1', [word])
                if cursor.fetchone():
                    found.add((table, column))
    return found


def rows(workspace, model):
    with workspace_scope(workspace):
        return list(model.objects.order_by("pk").values())


@pytest.fixture
def person(cast) -> Contact:
    """Somebody of whom everything knows: contacts, talks, tasks, notes, the trail, files, journals, answers, hooks."""
    acme = cast.workspace
    account = facts.account(acme, "Kunde", external_id="K1", note=f"Ask {NAME} first, {MOBILE}")
    api = Api(cast.api_key())
    api.post(
        "webhooks/",
        {"url": "https://hooks.example.com/x", "events": ["*"]},
    )
    row = {"account": "K1", "name": "Q. Ängström", "mobile": "13900000001", "email": "old@kunde.example"}
    answer = api.post("contacts/", row, **{"Idempotency-Key": "once"})
    pk = answer.json()["id"]
    api.patch(f"contacts/{pk}/", {"name": NAME, "mobile": MOBILE, "email": MAIL, "wechat": WECHAT, "title": "CEO"})
    facts.interaction(
        account, subject=f"Call with {NAME}", minutes=f"{NAME.upper()} said: 139-1234-5678", contacts=[pk]
    )
    facts.task(acme, f"Write to {MAIL}", account_id=str(account.pk), note=f"or {WECHAT}")
    api.patch(f"accounts/{account.pk}/", {"note": f"{NAME} decides. {MAIL}"})
    with workspace_scope(acme):
        by = cast.actor(cast.owner)
        csv = f"name,account,mobile\n{NAME},K1,{MOBILE}\n".encode()
        receive_file(
            workspace=acme, by=by, kind=import_kind("contacts"), name=f"{NAME}.csv", content=csv, language="en", at=AT
        )
        content = io.BytesIO()
        book = Workbook(content)
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "account"])
        sheet.write_row(1, 0, [NAME, "K1"])
        book.close()
        kind = import_kind("contacts")
        receive_file(workspace=acme, by=by, kind=kind, name="x.xlsx", content=content.getvalue(), language="en", at=AT)
        receive_file(
            workspace=acme, by=by, kind=kind, name="other.csv", content=b"name,account\nElse,K1\n", language="en", at=AT
        )
        Outbox.objects.create(workspace=acme, key="x", to=MAIL, subject=f"For {NAME}", body=f"Dear {NAME}")
        keep_view(
            workspace=acme, by=by, kept=kept_list("contacts"), name=f"Of {NAME}", state={"q": MOBILE}, is_shared=True
        )
        contact = Contact.objects.get(pk=pk)
        assert WebhookEvent.objects.filter(body__contains=NAME).exists()
    return contact


def test_an_erased_contact_stands_nowhere(cast, person):
    acme = cast.workspace
    before = found_in([*WORDS, "Q. Ängström"])
    assert len({table for table, _column in before}) >= 10, before
    assert len(rows(acme, IdempotencyKey)) == 1  # which stands locked
    with workspace_scope(acme):
        run = request_erasure(
            workspace=acme, kind=Erasure.CONTACT, pk=person.pk, everywhere=True, by=cast.actor(cast.owner)
        )
        erase_contact(workspace=acme, pk=person.pk, everywhere=True, by=cast.actor(cast.owner))
        assert run.params == {"of": "contact", "pk": str(person.pk), "everywhere": True}
    assert found_in([*WORDS, "Q. Ängström", "13900000001", "old@kunde.example"]) == set()
    assert rows(acme, IdempotencyKey) == []
    with workspace_scope(acme):
        person.refresh_from_db()
        assert (person.name, person.title, person.mobile, person.voided_at is None) == ("[erased]", "", "", False)
        talk = Interaction.objects.get()
        assert talk.subject == "Call with [erased]"
        assert talk.minutes == "[erased] said: [erased]"
        assert Participant.objects.filter(contact=person).exists()
        assert Account.objects.get().note == "[erased] decides. [erased]"
        assert [file.name for file in File.objects.all()] == ["other.csv"]
        assert ImportJob.objects.filter(file__isnull=True).count() == 2
        erased = Activity.objects.get(verb="erased")
        assert (erased.subject_id, erased.subject_label, erased.after) == (str(person.pk), "[erased]", None)
        noted = Erasure.objects.get()
        assert (noted.kind, noted.of_workspace, noted.subject) == ("contact", acme.pk, person.pk)


def test_a_list_of_erasures_is_done_again_where_a_backup_brought_the_person_back(cast, person, tmp_path, capsys):
    restored = {name: getattr(person, name) for name in ("name", "mobile", "email", "voided_at")}
    with workspace_scope(cast.workspace):
        erase_contact(workspace=cast.workspace, pk=person.pk, everywhere=True, by=cast.actor(cast.owner))
    call_command("erasures")
    told = capsys.readouterr().out
    assert NAME not in told
    (tmp_path / "list").write_text(told)
    with workspace_scope(cast.workspace):
        Contact.objects.filter(pk=person.pk).update(**restored)
    Erasure.objects.all().delete()
    call_command("erasures", repeat=tmp_path / "list")
    assert "1 of 1" in capsys.readouterr().out
    assert found_in(WORDS) == set()
    call_command("erasures", repeat=tmp_path / "list")
    assert "0 of 1" in capsys.readouterr().out


def test_the_pages_ask_for_the_name_and_show_the_run(cast, person):
    client = cast.client(cast.owner)
    path = cast.url(f"settings/data/erase/contact/{person.pk}/")
    assert NAME in client.get(path).text
    assert client.post(path, {"confirm": "Somebody"}).status_code == 422
    answer = client.post(path, {"confirm": NAME, "everywhere": "on"})
    assert answer.status_code == 302
    assert "Waiting for a worker" in client.get(answer.url).text
    assert cast.client(cast.manager).get(path).status_code == 403
    assert cast.client(cast.manager).get(answer.url).status_code == 403
    member = cast.url(f"settings/data/erase/member/{cast.member.pk}/")
    assert "Deactivate the member first" in client.get(member).text
    assert client.post(member, {"confirm": "Member"}).status_code == 422
    assert "Erase a person" in client.get(cast.url("settings/data/")).text
    assert "Erase a person" not in cast.client(cast.member).get(cast.url("settings/data/")).text


def test_others_and_neighbours_keep_theirs(cast, person):
    acme, rival = cast.workspace, cast.rival
    theirs = facts.contact(facts.account(rival, f"{NAME}", note=MOBILE), NAME, mobile=MOBILE, email=MAIL)
    founder = facts.account(acme, f"{NAME} & Sons", external_id="F1")
    namesake = facts.contact(founder, NAME, mobile="13700000000")
    facts.interaction(founder, minutes=f"With {NAME}, not {MOBILE}")
    kept = rows(rival, Contact), rows(rival, Account)
    with workspace_scope(acme):
        erase_contact(workspace=acme, pk=person.pk, everywhere=False, by=cast.actor(cast.owner))
        namesake.refresh_from_db()
        founder.refresh_from_db()
        assert (namesake.name, namesake.mobile, founder.name) == (NAME, "13700000000", f"{NAME} & Sons")
        assert Interaction.objects.get(account=founder).minutes == f"With {NAME}, not [erased]"
        assert Activity.objects.filter(subject_id=str(namesake.pk), subject_label=NAME).exists()
        assert not Activity.objects.filter(subject_id=str(person.pk), subject_label=NAME).exists()
    assert (rows(rival, Contact), rows(rival, Account)) == kept
    with workspace_scope(rival):
        theirs.refresh_from_db()
        assert theirs.name == NAME


@pytest.mark.parametrize(
    ("words", "text", "left"),
    [
        (Words.of(["Li Na"]), "Li Na, li na; Lina, Ali Nab", "[erased], [erased]; Lina, Ali Nab"),
        (Words.of(["王伟"]), "请联系王伟先生", "请联系[erased]先生"),
        (
            Words.of([], ["+86 138 0000 0001"]),
            "138-0000-0001, +8613800000001, 1380000000123",
            "[erased], [erased], 1380000000123",
        ),
        (Words.of([], ["123"]), "123", "123"),
        (Words.of(['A "b" \\ c']), 'x A "b" \\ c y', "x [erased] y"),
        (Words.of(["Wang"], kept=["Wang Steel"]), "Wang of Wang Steel", "[erased] of Wang Steel"),
    ],
    ids=range(6),
)
def test_words_are_put_out_whole(words, text, left):
    assert (words.out_of(text) if words else text) == left


def test_documents_that_name_the_person_lose_their_content(cast, person):
    with workspace_scope(cast.workspace):
        kept = {"workspace": cast.workspace, "account_id": person.account_id, "size": 9, "sha256": "x"}
        named = Attachment.objects.create(name=f"CV {NAME}.txt", content=f"I am {NAME}".encode(), **kept)
        other = Attachment.objects.create(name="scan.png", content=b"\x89PNG\x00\xff", **kept)
        erase_contact(workspace=cast.workspace, pk=person.pk, everywhere=True, by=cast.actor(cast.owner))
        named.refresh_from_db()
        other.refresh_from_db()
        assert (named.name, bytes(named.content), named.voided_at is None) == ("CV [erased].txt", b"", False)
        assert (bytes(other.content), other.voided_at) == (b"\x89PNG\x00\xff", None)


def test_only_owners_may_and_members_must_have_left(cast, person):
    acme = cast.workspace
    with workspace_scope(acme):
        ask = {"workspace": acme, "kind": Erasure.CONTACT, "pk": person.pk, "everywhere": True}
        for who in (cast.manager, cast.member, cast.viewer):
            with pytest.raises(Exception, match="erase"):
                request_erasure(**ask, by=cast.actor(who))
        with pytest.raises(Contact.DoesNotExist):
            request_erasure(**ask | {"pk": uuid.uuid4()}, by=cast.actor(cast.owner))
        with pytest.raises(ValidationError, match="Deactivate"):
            request_erasure(**ask | {"kind": Erasure.MEMBER, "pk": cast.member.pk}, by=cast.actor(cast.owner))
        assert not Run.objects.filter(kind="erasure").exists()
        person.refresh_from_db()
        assert person.name == NAME


def leaver_of(cast) -> Membership:
    leaver = make_member(cast.workspace, make_user("zebulon"), "member")
    with workspace_scope(cast.workspace):
        by = cast.actor(leaver)
        account = facts.account(cast.workspace, "Kunde", owner="zebulon@example.com")
        save_contacts(workspace=cast.workspace, rows=[{"account_id": str(account.pk), "name": "Else"}], by=by)
        row = {
            "account_id": str(account.pk),
            "kind": "note",
            "happened_on": "2026-01-01",
            "minutes": "Zebulon was here",
        }
        save_interactions(workspace=cast.workspace, rows=[row], by=by)
        deactivate_member(workspace=cast.workspace, pk=leaver.pk, revoke_keys=True, by=cast.actor(cast.owner))
        leaver.refresh_from_db()
    return leaver


def test_an_erased_member_stands_nowhere_and_their_work_stays(cast):
    leaver = leaver_of(cast)
    words = ("zebulon", "zebulon@example.com")
    assert len(found_in(words)) >= 4
    with workspace_scope(cast.workspace):
        erase_member(workspace=cast.workspace, pk=leaver.pk, everywhere=True, by=cast.actor(cast.owner))
    assert found_in(words) == set()
    with workspace_scope(cast.workspace):
        account = Account.objects.select_related("owner__user").get()
        assert (account.owner_id, str(account.owner)) == (leaver.pk, "[erased]")
        assert Interaction.objects.get().minutes == "[erased] was here"
        assert not User.objects.filter(email="zebulon@example.com").exists()


def test_the_page_of_an_account_that_an_erased_member_served_still_opens(cast):
    leaver = make_member(cast.workspace, make_user("leaver"), "member")
    account = facts.account(cast.workspace, owner=leaver.user.email)
    by = cast.actor(cast.owner)
    with workspace_scope(cast.workspace):
        hand_over_accounts(workspace=cast.workspace, giver=leaver, taker=cast.member, by=by)
        deactivate_member(workspace=cast.workspace, pk=leaver.pk, revoke_keys=False, by=by)
        erase_member(workspace=cast.workspace, pk=leaver.pk, everywhere=False, by=by)
        with pytest.raises(Membership.DoesNotExist):
            erase_member(workspace=cast.workspace, pk=leaver.pk, everywhere=False, by=by)
    page = cast.client(cast.viewer).get(cast.url(f"accounts/{account.pk}/"))
    assert page.status_code == 200
    assert "[erased]" in page.content.decode()


def test_a_member_of_another_workspace_stays_a_user_there(cast):
    leaver = leaver_of(cast)
    user = leaver.user
    make_member(cast.rival, user, "viewer")
    with workspace_scope(cast.rival):
        deactivate = Membership.objects.get(user=user)
        deactivate_member(workspace=cast.rival, pk=deactivate.pk, revoke_keys=False, by=cast.actor(cast.stranger))
    with workspace_scope(cast.workspace):
        erase_member(workspace=cast.workspace, pk=leaver.pk, everywhere=True, by=cast.actor(cast.owner))
        assert Membership.objects.get(pk=leaver.pk).user_id != user.pk
    assert User.objects.get(pk=user.pk).email == "zebulon@example.com"
    with workspace_scope(cast.rival):
        assert Membership.objects.filter(user=user).exists()


def test_the_settings_name_the_run(db):
    assert settings.RUN_KINDS["erasure"] == f"{run_erasure.__module__}.{run_erasure.__name__}"
