"""A forgotten password: who gets a link, where it leads, how often it works."""

import re
from uuid import uuid4

import pytest
from django.core import mail as sent_mail
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from b2bops.urls import urlpatterns as all_urlpatterns
from jobs.models import Outbox
from tests.cast import PASSWORD, with_password
from workspaces.actions.members import deactivate_member
from workspaces.models import User
from workspaces.scope import workspace_scope
from workspaces.urls_sign_in import reset_urlpatterns

# As on a server that sends mail.
urlpatterns = [path("sign-in/", include(reset_urlpatterns)), *all_urlpatterns]
ASK, NEW = "/sign-in/password/reset/", "an entirely new sentence"

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def with_mail(settings):
    settings.HAS_MAIL_SERVER = True
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


def ask(email: str, client: Client | None = None, **headers):
    return (client or Client()).post(ASK, {"email": email}, **headers)


def links(cast) -> list[str]:
    with workspace_scope(cast.workspace):
        bodies = Outbox.objects.filter(subject="Set a new password").order_by("pk").values_list("body", flat=True)
        return [re.search(r"https?://[^/]+(/\S+)", body)[1] for body in bodies]


def is_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def test_a_link_sets_a_new_password_once_and_ends_all_sessions(cast):
    with_password(cast.member)
    there = Client()
    there.post("/sign-in/login/", {"login": "member@example.com", "password": PASSWORD})
    assert ask(" Member@Example.com ")["Location"] == "/sign-in/password/reset/done/"
    (link,) = links(cast)
    client = Client()
    form = client.get(link, follow=True)
    assert "Choose a new password" in form.content.decode()
    # The key is not in the address of the page that is shown, where it would stand in the history.
    where = form.redirect_chain[-1][0]
    assert link not in where
    weak = client.post(where, {"password1": "short", "password2": "short"})
    assert "too short" in weak.content.decode()
    assert client.post(where, {"password1": NEW, "password2": NEW}).status_code == 302
    assert User.objects.get(pk=cast.member.user_id).check_password(NEW)
    assert not is_in(there)
    assert not is_in(client), "who has the link has the mail, and signs in by the new password"
    assert "no longer works" in Client().get(link, follow=True).content.decode()
    with workspace_scope(cast.workspace):
        assert Outbox.objects.filter(subject="Your password was changed", to="member@example.com").count() == 1


def test_an_address_that_belongs_to_nobody_is_answered_alike_and_gets_no_mail(cast):
    known, unknown = ask("member@example.com"), ask("nobody@example.com")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(links(cast)) == 1
    assert sent_mail.outbox == []


def test_a_disabled_user_and_one_without_workspace_get_none(cast):
    User.objects.filter(pk=cast.member.user_id).update(is_active=False)
    with workspace_scope(cast.workspace):
        deactivate_member(workspace=cast.workspace, pk=cast.viewer.pk, revoke_keys=False, by=cast.actor(cast.owner))
    for email in ("member@example.com", "viewer@example.com"):
        assert ask(email).status_code == 302
    assert links(cast) == []


def test_the_link_leads_to_the_public_address_whatever_the_request_said(cast, settings):
    settings.ALLOWED_HOSTS = ["*"]
    ask("member@example.com", HTTP_HOST="evil.example")
    with workspace_scope(cast.workspace):
        body = Outbox.objects.get().body
    assert "evil.example" not in body
    assert f"{settings.PUBLIC_URL}/sign-in/password/reset/key/" in body


def test_the_mail_speaks_the_language_of_whom_it_is_for(cast):
    User.objects.filter(pk=cast.member.user_id).update(language="zh-hans")
    ask("member@example.com")
    with workspace_scope(cast.workspace):
        mail = Outbox.objects.get()
    assert mail.subject == "设置新密码"
    assert "三天内有效" in mail.body


def test_a_link_of_somebody_else_or_made_up_opens_nothing(cast):
    with_password(cast.owner)
    ask("member@example.com")
    (link,) = links(cast)
    uid, key = re.search(r"/key/([0-9A-Za-z]+)-(.+)/$", link).groups()
    ask("owner@example.com")
    theirs = next(found for found in links(cast) if found != link)
    their_uid = re.search(r"/key/([0-9A-Za-z]+)-", theirs)[1]
    for made_up in (
        f"{their_uid}-{key}",
        f"{uid}-{key[:-1]}x",
        "0-x",
        f"{uid}-set-password",
        "zzzzzzzzzzzzzzzzzzzzzzzzzz-a",
    ):
        page = Client().get(f"/sign-in/password/reset/key/{made_up}/", follow=True)
        assert page.status_code == 200, made_up
        assert "no longer works" in page.content.decode(), made_up
    assert User.objects.get(pk=cast.owner.user_id).check_password(PASSWORD)


def test_who_was_sent_a_link_and_then_changed_their_password_needs_it_no_more(cast):
    user = with_password(cast.member)
    ask("member@example.com")
    (link,) = links(cast)
    user.set_password(NEW)
    user.last_login = timezone.now()
    user.save()
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_five_a_minute_are_enough_for_one_address(cast):
    statuses = [ask("member@example.com").status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    assert len(links(cast)) == 5
