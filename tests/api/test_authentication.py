import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests.api.client import Api, error_of
from workspaces.models import ApiKey
from workspaces.scope import workspace_scope


def key_rows(cast):
    with workspace_scope(cast.workspace):
        return list(ApiKey.objects.filter(workspace=cast.workspace))


def change_key(cast, **changes):
    with workspace_scope(cast.workspace):
        ApiKey.objects.filter(workspace=cast.workspace).update(**changes)


def refused(answer):
    error_of(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer b2b_wrong",
        "Basic {key}",
        "{key}",
        "Bearer {key}x",
        "Bearer b2b_\x00",
        "Token {key}",
    ],
)
def test_key_missing_or_malformed(cast, api, header):
    for path in ("accounts/", "metrics/"):
        refused(Api(None).call("GET", path, authorization=header.format(key=api.key)))
    refused(Api(None).post("accounts/", {"name": "A"}))


def test_key_absent(db):
    refused(Api(None).get("accounts/"))


def test_key_revoked(cast, api):
    assert api.get("accounts/").status_code == 200
    change_key(cast, revoked_at=timezone.now())
    refused(api.get("accounts/"))
    refused(api.post("accounts/", {"name": "A"}))


def test_key_expired(cast, api):
    change_key(cast, expires_at=timezone.now() + dt.timedelta(minutes=1))
    assert api.get("accounts/").status_code == 200
    change_key(cast, expires_at=timezone.now())
    refused(api.get("accounts/"))


def test_key_use_noted_once_a_minute(cast, api):
    assert key_rows(cast)[0].last_used_at is None
    api.get("accounts/")
    (first,) = key_rows(cast)
    assert first.last_used_at is not None
    api.get("accounts/")
    assert key_rows(cast)[0].last_used_at == first.last_used_at
    change_key(cast, last_used_at=timezone.now() - dt.timedelta(minutes=2))
    api.get("accounts/")
    assert timezone.now() - key_rows(cast)[0].last_used_at < dt.timedelta(seconds=30)


def test_session_opens_no_key_address(cast):
    refused(Api(None, cast.client(cast.owner)).get("/api/v1/accounts/"))


def test_session_reads(cast, api):
    api.post("accounts/", {"external_id": "A1", "name": "Northwind"})
    answer = Api(None, cast.client(cast.viewer)).get(cast.url("api/v1/accounts/"))
    assert [row["external_id"] for row in answer.json()["results"]] == ["A1"]


def test_session_of_a_visitor(cast):
    refused(Api(None).get(cast.url("api/v1/accounts/")))


def test_session_of_a_stranger(cast, api):
    for path in (cast.url("api/v1/accounts/"), cast.url("api/v1/nothing/"), "/w/nobody/api/v1/accounts/"):
        error_of(Api(None, cast.client(cast.stranger)).get(path), 404, "not_found")


def test_session_without_csrf_token(cast):
    browser = cast.client(cast.owner, enforce_csrf_checks=True)
    error_of(Api(None, browser).post(cast.url("api/v1/accounts/"), {"name": "A"}), 403, "permission_denied")
    assert Api(None, browser).get(cast.url("api/v1/accounts/")).json()["results"] == []


def test_session_with_csrf_token(cast):
    browser = cast.client(cast.owner, enforce_csrf_checks=True)
    page = browser.get(cast.url("settings/"))
    token = page.cookies["b2bops_csrf"].value
    answer = Api(None, browser).post(cast.url("api/v1/accounts/"), {"name": "A"}, **{"X-CSRFToken": token})
    assert answer.status_code == 201, answer.content


def test_session_of_a_viewer_writes_nothing(cast):
    viewer = Api(None, cast.client(cast.viewer))
    error_of(viewer.post(cast.url("api/v1/accounts/"), {"name": "A"}), 403, "permission_denied")
    member = Api(None, cast.client(cast.member))
    error_of(member.post(cast.url("api/v1/products/"), {"name": "A"}), 403, "permission_denied")
    assert member.post(cast.url("api/v1/accounts/"), {"name": "A"}).status_code == 201


def test_key_needs_no_csrf_token(cast):
    api = Api(cast.api_key(), Client(enforce_csrf_checks=True))
    assert api.post("accounts/", {"name": "A"}).status_code == 201
