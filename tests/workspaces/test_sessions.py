"""Where a person is signed in, and ending that elsewhere."""

from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from workspaces.sessions import device_name, place_of

PAGE = "/sign-in/security/"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; PHK110) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile "
    "Safari/537.36 MicroMessenger/8.0.47.2560 WeChat/arm64 Weixin"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Edg/124.0.0.0"


@pytest.fixture(autouse=True)
def own_limits(settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"test-{uuid4()}"}}


def device(cast, person, agent: str = MAC, **defaults) -> Client:
    return cast.client(person, is_seen=False, headers={"User-Agent": agent}, **defaults)


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("agent", "name"),
    [(MAC, "Safari on macOS"), (WECHAT, "WeChat on Android"), (EDGE, "Edge on Windows"), ("curl/8", "Unknown device")],
)
def test_devices_are_called_by_browser_and_system(agent, name):
    assert device_name(agent) == name


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("127.0.0.1", "this server itself"),
        ("10.1.2.3", "internal network"),
        ("fd00::1", "internal network"),
        ("8.8.8.8", ""),
        ("none", ""),
    ],
)
def test_place_of_says_what_the_address_itself_does(address, place):
    assert place_of(address) == place


def test_the_page_lists_ones_own_sessions(cast):
    here = device(cast, cast.member)
    there = device(cast, cast.member, WECHAT, REMOTE_ADDR="8.8.8.8")
    foreign = device(cast, cast.owner, EDGE)
    for client in (there, foreign):
        client.get("/profile/")
    page = here.get(PAGE).content.decode()
    assert page.index("Safari on macOS") < page.index("WeChat on Android")
    assert "8.8.8.8" in page
    assert "Edge" not in page


def test_ending_one_session(cast):
    here, there, third = (device(cast, cast.member, agent) for agent in (MAC, WECHAT, EDGE))
    for client in (here, there, third):
        assert is_in(client)
    pk = UserSession.objects.get(session_key=there.session.session_key).pk
    assert here.post(f"/sign-in/security/sessions/{pk}/end/").status_code == 302
    assert [is_in(client) for client in (here, there, third)] == [True, False, True]


def test_ending_all_others(cast):
    here, there = (device(cast, cast.member, agent) for agent in (MAC, WECHAT))
    foreign = device(cast, cast.owner)
    for client in (here, there, foreign):
        assert is_in(client)
    here.post("/sign-in/security/sessions/end/")
    assert [is_in(client) for client in (here, there, foreign)] == [True, False, True]


def test_nobody_ends_anothers_session(cast):
    theirs, mine = device(cast, cast.owner), device(cast, cast.member)
    assert is_in(theirs)
    pk = UserSession.objects.get(user=cast.owner.user).pk
    assert mine.post(f"/sign-in/security/sessions/{pk}/end/").status_code == 404
    assert is_in(theirs)


def test_last_seen_is_written_at_most_once_a_minute(cast, django_assert_num_queries):
    client = device(cast, cast.member)
    client.get("/profile/")
    written = UserSession.objects.get().last_seen_at
    with django_assert_num_queries(3):  # the session, its user, and the workspaces whose preferences the page links
        client.get("/profile/")
    assert UserSession.objects.get().last_seen_at == written
    # From another address it is somebody to look at.
    client.get("/profile/", REMOTE_ADDR="8.8.4.4")
    assert UserSession.objects.get().ip == "8.8.4.4"


def test_a_key_leaves_no_session(cast):
    Client().get("/api/v1/accounts/", headers={"Authorization": f"Bearer {cast.api_key()}"})
    assert not UserSession.objects.exists()
