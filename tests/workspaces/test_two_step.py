"""The second step of signing in: setting it up, coming in with it, losing the phone, being asked for it."""

import re
import time
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.cast import AT, PASSWORD, Cast, with_password
from workspaces.actions.settings import update_workspace
from workspaces.scope import workspace_scope
from workspaces.two_step import TwoStepAdapter, has_two_step

SET_UP, OFF, CODES = "/sign-in/two-step/", "/sign-in/two-step/off/", "/sign-in/two-step/codes/"


@pytest.fixture(autouse=True)
def own_limits(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


def code_of(secret: str, *, periods: int = 0) -> str:
    """The code that an app shows, so many periods from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def sign_in(client: Client, person) -> Client:
    client.post("/sign-in/login/", {"login": person.user.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/sign-in/security/").status_code == 200


def confirm(client: Client) -> None:
    client.post("/sign-in/reauthenticate/", {"password": PASSWORD})


def set_up(client: Client) -> tuple[str, list[str]]:
    """The app's secret and the recovery codes."""
    confirm(client)
    page = client.get(SET_UP).content.decode()
    secret = re.search(r'id="two-step-secret">([A-Z2-7]+)<', page)[1]
    assert '<svg class="qr"' in page
    answer = client.post(SET_UP, {"code": code_of(secret)})
    assert (answer.status_code, answer["Location"]) == (302, CODES)
    shown = client.get(CODES).content.decode()
    return secret, re.findall(
        r"^\d{8}$", shown.split('id="recovery-codes"')[1].split("</pre>")[0].split(">", 1)[1], re.M
    )


@pytest.fixture
def member(cast) -> Client:
    """The member's browser, signed in by password."""
    with_password(cast.member)
    return sign_in(Client(), cast.member)


def test_setting_up_asks_for_the_password_first(member, cast):
    answer = member.get(SET_UP)
    assert answer["Location"] == f"/sign-in/reauthenticate/?next={SET_UP.replace('/', '%2F')}"
    member.post(SET_UP, {"code": "123456"})
    assert not has_two_step(cast.member.user)


def test_a_wrong_code_sets_nothing_up(member, cast):
    confirm(member)
    secret = re.search(r'id="two-step-secret">([A-Z2-7]+)<', member.get(SET_UP).content.decode())[1]
    wrong = f"{(int(code_of(secret)) + 1) % 10**6:06}"
    assert "not the one" in member.post(SET_UP, {"code": wrong}).content.decode()
    assert not has_two_step(cast.member.user)


def test_signing_in_then_takes_a_code(member, cast):
    secret, codes = set_up(member)
    assert len(set(codes)) == 10
    client = sign_in(Client(), cast.member)
    assert not is_in(client)
    assert client.get("/w/acme/start/").status_code == 302
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    # The code that turned it on may be spent already: apps show a new one by then.
    answer = client.post("/sign-in/code/", {"code": code_of(secret, periods=1)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)


def test_a_code_works_once(member, cast):
    with time_machine.travel(AT, tick=False) as clock:
        # The session at hand is from another time.
        sign_in(member, cast.member)
        secret, _codes = set_up(member)
        clock.shift(30)
        code = code_of(secret)
        first = sign_in(Client(), cast.member)
        first.post("/sign-in/code/", {"code": code})
        assert is_in(first)
        clock.shift(31)
        second = sign_in(Client(), cast.member)
        # Its time is not over, with the tolerance for clocks that differ; but it was used.
        assert "works once" in second.post("/sign-in/code/", {"code": f"{code[:3]} {code[3:]}"}).content.decode()
        assert not is_in(second)


def test_a_recovery_code_signs_in_once(member, cast):
    _secret, codes = set_up(member)
    for client, is_let_in in ((Client(), True), (Client(), False)):
        sign_in(client, cast.member).post("/sign-in/code/", {"code": codes[3]})
        assert is_in(client) is is_let_in
    other = sign_in(Client(), cast.member)
    other.post("/sign-in/code/", {"code": codes[4]})
    assert "8 unused codes" in other.get("/sign-in/security/").content.decode()


def test_recovery_codes_are_shown_once_and_can_be_replaced(member, cast):
    _secret, codes = set_up(member)
    again = member.get(CODES).content.decode()
    assert not any(code in again for code in codes)
    assert member.post("/sign-in/two-step/codes/new/").status_code == 302
    new = re.findall(
        r"^\d{8}$", member.get(CODES).content.decode().split('id="recovery-codes"')[1].split(">", 1)[1], re.M
    )
    assert len(new) == 10
    assert not set(new) & set(codes)
    client = sign_in(Client(), cast.member)
    client.post("/sign-in/code/", {"code": codes[0]})
    assert not is_in(client)


def test_guessing_codes_is_stopped(member, cast):
    secret, _codes = set_up(member)
    client = sign_in(Client(), cast.member)
    for guess in range(5):
        client.post("/sign-in/code/", {"code": f"{guess:06}"})
    client.post("/sign-in/code/", {"code": code_of(secret, periods=1)})
    assert not is_in(client)


def test_setting_up_signs_the_other_devices_out(member, cast):
    other = sign_in(Client(), cast.member)
    assert is_in(other)
    set_up(member)
    assert is_in(member)
    assert not is_in(other)


def test_turning_off_asks_first_and_takes_the_recovery_codes_along(member, cast):
    set_up(member)
    stale = Client()
    stale.force_login(cast.member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stale.post(OFF)["Location"].startswith("/sign-in/reauthenticate/")
    assert has_two_step(cast.member.user)
    assert member.post(OFF)["Location"] == "/sign-in/security/"
    assert not Authenticator.objects.filter(user=cast.member.user).exists()
    assert is_in(sign_in(Client(), cast.member))


def test_secrets_lie_encrypted(member, cast, settings):
    secret, codes = set_up(member)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)
    locked = TwoStepAdapter().encrypt(secret)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key"
    assert TwoStepAdapter().decrypt(locked) == secret
    settings.SECRET_KEY_FALLBACKS = []
    client = sign_in(Client(), cast.member)
    client.post("/sign-in/code/", {"code": code_of(secret, periods=1)})
    assert not is_in(client)


def require(cast: Cast, asked: bool = True) -> None:
    with workspace_scope(cast.workspace):
        update_workspace(
            workspace=cast.workspace,
            name="Acme",
            language="en",
            timezone="Asia/Shanghai",
            requires_two_step=asked,
            by=cast.actor(cast.owner),
        )


def owner_with_two_step(cast) -> Client:
    with_password(cast.owner)
    client = sign_in(Client(), cast.owner)
    set_up(client)
    return client


def test_requiring_it_needs_an_owner_who_has_it(cast):
    with pytest.raises(ValidationError, match="yourself first"):
        require(cast)
    owner_with_two_step(cast)
    require(cast)
    cast.workspace.refresh_from_db()
    assert cast.workspace.requires_two_step


def test_members_of_a_workspace_that_requires_it_are_led_there_first(member, cast):
    owner = owner_with_two_step(cast)
    require(cast)
    for address in ("/w/acme/start/", "/w/acme/settings/members/", "/w/acme/accounts/"):
        answer = member.get(address)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP)
    refused = member.get("/w/acme/api/v1/accounts/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    # The workspace next door asks nothing, and a key is no person.
    assert cast.client(cast.stranger).get("/w/rival/start/").status_code == 200
    key = cast.api_key()
    assert Client().get("/api/v1/accounts/", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert owner.get("/w/acme/start/").status_code == 200
    confirm(member)
    assert "Acme asks everybody" in member.get(SET_UP).content.decode()
    set_up(member)
    assert member.get("/w/acme/start/").status_code == 200


def test_where_it_is_required_nobody_turns_it_off(cast):
    owner = owner_with_two_step(cast)
    require(cast)
    assert "asks everybody" in owner.post(OFF).content.decode()
    assert has_two_step(cast.owner.user)
    require(cast, asked=False)
    assert owner.post(OFF).status_code == 302
    assert not has_two_step(cast.owner.user)


def test_required_on_the_settings_page(cast):
    owner = owner_with_two_step(cast)
    values = {
        "name": "Acme",
        "language": "en",
        "timezone": "UTC",
        "fiscal_year_start_month": 1,
        "requires_two_step": "on",
    }
    assert owner.post(reverse("workspaces:settings", args=["acme"]), values).status_code == 302
    cast.workspace.refresh_from_db()
    assert cast.workspace.requires_two_step


def test_the_operator_forgets_a_lost_phone(member, cast, capsys):
    with pytest.raises(CommandError, match="not set up"):
        call_command("forget_two_step", "member@example.com")
    set_up(member)
    call_command("forget_two_step", "Member@example.com")
    assert capsys.readouterr().out == "member@example.com\n"
    assert is_in(sign_in(Client(), cast.member))
    with pytest.raises(CommandError, match="no user"):
        call_command("forget_two_step", "nobody@example.com")
