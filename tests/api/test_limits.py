"""Request limits: per key, told in headers, shared by processes, and never a reason for the web to be down."""

import pytest

from b2bops.api.throttling import Tally, one_more
from tests.api.client import Api, error_of
from workspaces.actor import Actor

GONE = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere/valkey.sock"}
}


@pytest.fixture
def limit(settings, time_machine):
    """Five a minute, in a minute that nobody else counts in."""
    settings.API_REQUESTS_PER_MINUTE = 5
    time_machine.move_to("2031-05-05T05:05:20Z", tick=False)


def left(answer) -> tuple[str, str, str]:
    return tuple(answer[f"RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset"))


def test_headers_count_down_to_the_refusal(api, limit, time_machine):
    assert [left(api.get("accounts/")) for _ in range(5)] == [("5", str(n), "40") for n in (4, 3, 2, 1, 0)]
    refused = api.get("accounts/")
    error_of(refused, 429, "throttled")
    assert left(refused) == ("5", "0", "40")
    assert refused["Retry-After"] == "40"
    time_machine.shift(40)
    assert left(api.get("accounts/")) == ("5", "4", "60")


def test_each_key_has_its_own(cast, api, reader, rival, limit):
    for _ in range(5):
        api.get("accounts/")
    error_of(api.get("accounts/"), 429, "throttled")
    for other in (reader, rival, Api(cast.api_key())):
        assert other.get("accounts/")["RateLimit-Remaining"] == "4"


def test_members_have_theirs(cast, api, limit):
    owner, viewer = (Api(None, cast.client(person)) for person in (cast.owner, cast.viewer))
    for _ in range(5):
        owner.get(cast.url("api/v1/accounts/"))
    error_of(owner.get(cast.url("api/v1/accounts/")), 429, "throttled")
    assert viewer.get(cast.url("api/v1/accounts/")).status_code == 200


def test_forged_addresses_evade_nothing(api, limit):
    codes = [
        api.call(
            "GET",
            "accounts/",
            **{"X-Forwarded-For": f"10.0.0.{n}", "X-Real-IP": f"10.1.{n}", "Forwarded": f"for={n}"},
        )
        for n in range(7)
    ]
    assert [answer.status_code for answer in codes] == [200] * 5 + [429] * 2


def test_refusals_count_too(api, reader, limit):
    for _ in range(5):
        error_of(reader.post("accounts/", {"name": "A"}), 403, "permission_denied")
    error_of(reader.post("accounts/", {"name": "A"}), 429, "throttled")
    assert api.get("accounts/").json()["results"] == []


def test_refused_write_writes_nothing_and_keeps_no_key(api, limit, time_machine):
    for _ in range(5):
        api.get("accounts/")
    key = {"Idempotency-Key": "order-1"}
    error_of(api.post("accounts/", {"name": "A"}, **key), 429, "throttled")
    time_machine.shift(60)
    assert api.post("accounts/", {"name": "A"}, **key).status_code == 201
    assert len(api.get("accounts/").json()["results"]) == 1


def test_processes_share_the_limit(limit):
    """Two processes are two tallies over one Redis."""
    actor = Actor("api", "k", frozenset(), api_key_id="two-processes")
    here, there = Tally(), Tally()
    used = [one_more(actor, now=60.0 * 99, tally=tally).used for tally in (here, there, here, there, here)]
    assert used == [1, 2, 3, 4, 5]
    assert one_more(actor, now=60.0 * 99, tally=there).is_spent


def test_processes_overstep_by_a_hundredth_at_most(limit, settings):
    settings.API_REQUESTS_PER_MINUTE = 1000
    actor = Actor("api", "k", frozenset(), api_key_id="two-busy-processes")
    tallies = [Tally(), Tally()]
    let_in = sum(not one_more(actor, now=60.0 * 98, tally=tallies[n % 2]).is_spent for n in range(1200))
    assert 1000 <= let_in <= 1020


def test_without_redis_everyone_comes_in_and_the_log_says_so(api, limit, settings, caplog):
    settings.CACHES = GONE
    assert {api.get("accounts/").status_code for _ in range(8)} == {200}
    assert [record.msg["event"] for record in caplog.records if "api_limits" in str(record.msg)] == [
        "api_limits_not_counted"
    ]
