"""The door that people come in by."""

import re
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.cast import PASSWORD, Cast, with_password
from workspaces.models import User

LOGIN = "/sign-in/login/"
WRONG = "not the password at all"


@pytest.fixture(autouse=True)
def own_limits(settings):
    """Limits are counted in the cache: each test counts for itself."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}
    yield
    cache.close()


def sign_in(client: Client, email: str, password: str, **headers):
    return client.post(LOGIN, {"login": email, "password": password}, **headers)


def is_signed_in(client: Client) -> bool:
    return client.get("/profile/").status_code == 200


def test_sign_in_leads_home_and_changes_the_session(cast):
    with_password(cast.member)
    client = Client()
    client.session.save()
    session = client.session
    session["before"] = "kept"
    session.save()
    client.cookies["b2bops_session"] = session.session_key
    response = sign_in(client, " Member@Example.com ", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session.session_key != session.session_key
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_sign_in_does_not_lead_elsewhere(cast, target):
    with_password(cast.member)
    response = Client().post(
        f"{LOGIN}?next={target}", {"login": "member@example.com", "password": PASSWORD, "next": target}
    )
    assert response["Location"] == "/"


def test_sign_in_leads_on_to_the_page_that_asked(cast):
    with_password(cast.member)
    client = Client()
    asked = client.get("/w/acme/settings/?tab=x")
    assert asked["Location"] == f"{LOGIN}?next=/w/acme/settings/%3Ftab%3Dx"
    response = client.post(
        LOGIN, {"login": "member@example.com", "password": PASSWORD, "next": "/w/acme/settings/?tab=x"}
    )
    assert response["Location"] == "/w/acme/settings/?tab=x"


def answer(response) -> tuple[int, str]:
    """What a visitor can learn: status and page, without the token that differs anyway and what they typed."""
    page = re.sub(r'="[^"]{32,}"', "", response.content.decode())
    return response.status_code, page.replace("nobody@example.com", "…").replace("member@example.com", "…")


def test_wrong_password_and_unknown_email_are_answered_alike(cast):
    with_password(cast.member)
    wrong = sign_in(Client(), "member@example.com", WRONG)
    unknown = sign_in(Client(), "nobody@example.com", WRONG)
    assert answer(wrong) == answer(unknown)
    assert "Email or password is not right." in wrong.content.decode()


def test_disabled_user_cannot_sign_in_and_is_signed_out(cast):
    with_password(cast.member)
    client = Client()
    sign_in(client, "member@example.com", PASSWORD)
    assert is_signed_in(client)
    User.objects.filter(pk=cast.member.user_id).update(is_active=False)
    assert not is_signed_in(client)
    fresh = Client()
    sign_in(fresh, "member@example.com", PASSWORD)
    assert not is_signed_in(fresh)


def test_five_wrong_passwords_shut_one_email_out(cast):
    """Whatever address the attempts seem to come from: a client's own header is not believed."""
    with_password(cast.member)
    for attempt in range(5):
        sign_in(Client(), "member@example.com", WRONG, HTTP_X_FORWARDED_FOR=f"203.0.113.{attempt}")
    locked = Client()
    response = sign_in(locked, "member@example.com", PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99")
    assert not is_signed_in(locked)
    assert "Too many" in response.content.decode()


def test_ten_failures_from_one_address_shut_it_out(cast):
    with_password(cast.member)
    for attempt in range(10):
        sign_in(Client(), f"guess{attempt}@example.com", WRONG, HTTP_X_FORWARDED_FOR=f"203.0.113.{attempt}")
    locked = Client()
    sign_in(locked, "member@example.com", PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99")
    assert not is_signed_in(locked)
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(elsewhere, "member@example.com", PASSWORD)
    assert is_signed_in(elsewhere)


def test_behind_one_proxy_only_what_the_proxy_adds_counts(cast, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    with_password(cast.member)
    for attempt in range(10):
        spoofed = f"192.0.2.{attempt}, 203.0.113.5"
        sign_in(Client(), f"guess{attempt}@example.com", WRONG, HTTP_X_FORWARDED_FOR=spoofed)
    locked = Client()
    sign_in(locked, "member@example.com", PASSWORD, HTTP_X_FORWARDED_FOR="192.0.2.77, 203.0.113.5")
    assert not is_signed_in(locked)
    neighbour = Client()
    sign_in(neighbour, "member@example.com", PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.5, 203.0.113.6")
    assert is_signed_in(neighbour)


def test_thirty_sign_ins_a_minute_are_enough_for_one_address(cast):
    with_password(cast.member)
    statuses = [sign_in(Client(), "member@example.com", PASSWORD).status_code for _ in range(31)]
    assert statuses == [302] * 30 + [429]


def test_nobody_signs_up_by_themselves(cast):
    before = User.objects.count()
    page = Client().get("/sign-in/signup/")
    data = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
    posted = Client().post("/sign-in/signup/", data)
    assert "invitation" in page.content.decode()
    assert "invitation" in posted.content.decode()
    assert User.objects.count() == before


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "socialaccount_signup",
        "socialaccount_connections",
        "account_request_login_code",
        "account_reset_password",
    ],
)
def test_doors_that_are_not_opened(name):
    """Resetting by mail needs a mail server, which tests do not have."""
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_sign_out_needs_a_post(cast):
    client = cast.client(cast.member)
    client.get("/sign-in/logout/")
    assert is_signed_in(client)
    response = client.post("/sign-in/logout/")
    assert response["Location"] == LOGIN
    assert not is_signed_in(client)


def change_password(client: Client, new: str):
    return client.post("/sign-in/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})


def test_changing_the_password_ends_the_other_sessions(cast: Cast):
    with_password(cast.member)
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "member@example.com", PASSWORD)
    before = here.session.session_key
    assert change_password(here, "an entirely new sentence").status_code == 302
    assert is_signed_in(here)
    assert here.session.session_key != before
    assert not is_signed_in(there)


@pytest.mark.parametrize("weak", ["short", "password1234", "member@example.com"])
def test_weak_passwords_are_refused(cast, weak):
    user = with_password(cast.member)
    client = Client()
    sign_in(client, "member@example.com", PASSWORD)
    change_password(client, weak)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_without_redis_people_come_in_and_guessing_is_still_stopped(cast, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    with_password(cast.member)
    client = Client()
    assert sign_in(client, "member@example.com", PASSWORD).status_code == 302
    assert is_signed_in(client)
    for _ in range(5):
        sign_in(Client(), "member@example.com", WRONG)
    locked = Client()
    sign_in(locked, "member@example.com", PASSWORD)
    assert not is_signed_in(locked)
