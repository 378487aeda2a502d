"""Forgotten passwords, where there is a mail server."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, with_password

NEW = "an entirely new sentence"


@pytest.fixture(autouse=True)
def mail_server(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}
    settings.ROOT_URLCONF = "tests.workspaces.urls_with_mail"


def ask(email: str, **headers):
    return Client().post(reverse("account_reset_password"), {"email": email}, **headers)


def test_known_and_unknown_addresses_are_answered_alike(cast, mailoutbox):
    known, unknown = ask("member@example.com"), ask("nobody@example.com")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"]) == (
        302, reverse("account_reset_password_done"),
    )  # fmt: skip
    assert [mail.to for mail in mailoutbox] == [["member@example.com"], ["nobody@example.com"]]
    assert "/password/reset/key/" in mailoutbox[0].body
    assert "/password/reset/key/" not in mailoutbox[1].body


def test_the_link_sets_a_password_once_and_ends_other_sessions(cast, mailoutbox):
    user = with_password(cast.member)
    elsewhere = cast.client(cast.member)
    ask("member@example.com")
    link = re.search(r"http://\S+?(/sign-in/password/reset/key/\S+)", mailoutbox[0].body)[1]
    client = Client()
    form = client.get(link)["Location"]
    assert client.post(form, {"password1": "short", "password2": "short"}).status_code == 200
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert elsewhere.get("/profile/").status_code == 302
    again = Client()
    second = again.get(link, follow=True)
    assert "password1" not in second.content.decode()
    user.refresh_from_db()
    assert not user.check_password(PASSWORD)


def test_asking_again_and_again_is_slowed_down(cast, mailoutbox):
    statuses = [
        ask("member@example.com", HTTP_X_FORWARDED_FOR=f"203.0.113.{attempt}").status_code for attempt in range(6)
    ]
    assert statuses == [302] * 5 + [429]
    assert len(mailoutbox) == 5
