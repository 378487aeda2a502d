"""Every refusal has its code and one shape, and leaves nothing behind."""

import pytest
from django.test import Client

from accounts.models import Account
from tests.api.client import Api, error_of
from workspaces.models import Activity
from workspaces.scope import workspace_scope


@pytest.fixture
def nothing_written(cast):
    """After the test acme holds what it held before."""

    def counted():
        with workspace_scope(cast.workspace):
            return Account.objects.count(), Activity.objects.filter(subject_type="account").count()

    before = counted()
    yield
    assert counted() == before


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"na\\u0000me": "a"}',
        b'{"name": "\xff"}',
        b'{"name": "a\nb"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[]",
        b"null",
        b"1",
        b'"name"',
        b'{"employees": ' + b"9" * 10_000 + b"}",
        b'{"employees": 1e999999999}',
        b'{"employees": 1e-999999999}',
        b'{"employees": 0e999999999}',
        b'{"employees": 0.' + b"1" * 1_000_000 + b"}",
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_body_malformed(api, nothing_written, raw):
    error_of(api.post("accounts/", raw), 400, "malformed")


def test_body_backslash_u_as_text(api):
    assert api.post("accounts/", rb'{"name": "C:\\u0000"}').json()["name"] == r"C:\u0000"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_body_of_another_type(api, nothing_written, content_type):
    error_of(api.post("accounts/", b"name=a", content_type=content_type), 415, "unsupported_media_type")


def test_body_too_large(api, nothing_written, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    error_of(api.post("accounts/", {"name": "a" * 1000}), 413, "too_large")


@pytest.mark.parametrize("batch", [{"name": "a"}, "a", None, 1])
def test_batch_not_a_list(api, nothing_written, batch):
    raw = b"null" if batch is None else batch
    error_of(api.post("accounts/batch/", raw), 400, "malformed")


def test_batch_of_1001(api, nothing_written):
    rows = [{"external_id": f"A{n}", "name": f"Company {n}"} for n in range(1001)]
    error_of(api.post("accounts/batch/", rows), 413, "too_many_rows")


@pytest.mark.parametrize(
    "name", ["workspace", "workspace_id", "is_demo", "voided_at", "mrr", "mrr_cents", "created_at", "colour"]
)
def test_field_not_for_writing(api, nothing_written, name):
    error = error_of(api.post("accounts/", {"name": "A", name: "1"}), 400, "invalid")
    assert list(error["fields"]) == [name]


def test_id_given_by_the_client(api, nothing_written):
    body = {"id": "0199aaaa-0000-7000-8000-000000000000", "name": "A"}
    assert list(error_of(api.post("accounts/", body), 400, "invalid")["fields"]) == ["id"]


def test_field_in_a_line(api):
    api.post("accounts/", {"external_id": "A1", "name": "Northwind"})
    contract = {
        "account": "A1",
        "currency": "CNY",
        "starts_on": "2025-01-01",
        "lines": [{"product": "core", "quantity": -1, "unit_amount": "10", "interval": "month"}],
    }
    error = error_of(api.post("contracts/", contract), 400, "invalid")
    assert list(error["fields"]) == ["lines.0.quantity"]
    assert api.get("contracts/").json()["results"] == []


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"limit": "٥"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": ""}, "cursor"),
        ({"ordering": "note"}, "ordering"),
        ({"colour": "red"}, "colour"),
        ({"name__startswith": "a"}, "name__startswith"),
    ],
)
def test_list_parameter_wrong(api, words, field):
    assert list(error_of(api.get("accounts/", **words), 400, "invalid")["fields"]) == [field]


@pytest.mark.parametrize(
    ("path", "words", "field"),
    [
        ("contacts/", {"account_id": "x"}, "account_id"),
        ("contracts/", {"starts_on": "2025-02-30"}, "starts_on"),
        ("contracts/", {"starts_on": "20250228"}, "starts_on"),
        ("contracts/", {"auto_renew": "yes"}, "auto_renew"),
        ("contracts/", {"kind": "gift"}, "kind"),
    ],
)
def test_filter_unreadable(api, path, words, field):
    assert list(error_of(api.get(path, **words), 400, "invalid")["fields"]) == [field]


def test_parameter_with_nul(api):
    for words in ({"external_id": "a\x00"}, {"external_id": ["a\x00", "b"]}, {"a\x00": "b"}):
        error_of(api.get("accounts/", **words), 400, "malformed")


def test_parameter_of_a_write(api, nothing_written):
    error_of(api.post("accounts/?dry_run=1", {"name": "A"}), 400, "invalid")


@pytest.mark.parametrize(
    "path",
    ["", "nothing/", "accounts", "accounts/x/", "accounts/0199aaaa-0000-7000-8000-000000000000/", "/api/", "/api/v2/"],
)
def test_address_unknown(cast, path):
    api = Api(cast.api_key(), Client(enforce_csrf_checks=True))
    for method in ("GET", "PATCH", "DELETE"):
        error_of(api.call(method, path), 404, "not_found")


@pytest.mark.parametrize("path", ["schema/", "docs/"])
def test_documents_are_only_shown(db, path):
    answer = Api(None, Client(enforce_csrf_checks=True)).post(path, {})
    error_of(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "PATCH", "DELETE"])
def test_method_not_allowed(api, method):
    answer = api.call(method, "accounts/")
    error_of(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_reading_key_writes_nothing(cast, reader, nothing_written):
    for path in ("accounts/", "accounts/batch/", "products/", "fx-rates/", "spend/"):
        error_of(reader.post(path, b"not even looked at"), 403, "permission_denied")


def test_throttled(api, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    answers = [api.get("accounts/") for _ in range(5)]
    error_of(answers[-1], 429, "throttled")
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


def test_redis_gone_limits_nobody(api, settings):
    settings.API_REQUESTS_PER_MINUTE = 0
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }
    assert api.get("accounts/").status_code == 200


def test_fault_of_ours(cast, monkeypatch, settings):
    """A generic answer with a request id: no exception text, and what was written before it is rolled back."""
    from b2bops.api.collection import Collection  # noqa: PLC0415

    api = Api(cast.api_key(), Client(raise_request_exception=False))

    def broken(self, workspace, pk):
        raise RuntimeError("the secret of the machine room")

    monkeypatch.setattr(Collection, "object", broken)
    answer = api.post("accounts/", {"name": "Northwind"})
    error_of(answer, 500, "server_error")
    assert b"machine room" not in answer.content
    monkeypatch.undo()
    assert api.get("accounts/").json()["results"] == []


def test_request_id_is_ours(api):
    first, second = api.get("accounts/"), api.get("accounts/", limit="0")
    assert first["X-Request-ID"] != second["X-Request-ID"] == second.json()["error"]["request_id"]


def test_cached_by_nobody(api):
    assert "no-store" in api.get("accounts/")["Cache-Control"]
