"""API keys: made once, shown once, shut for good."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from tests.cast import AT
from workspaces.actions.api_keys import SHOWN, create_api_key, revoke_api_key
from workspaces.api_keys import PREFIX, hash_secret, opened_api_key
from workspaces.models import Activity, ApiKey
from workspaces.scope import workspace_scope


def opens(secret: str, at: dt.datetime) -> bool:
    with opened_api_key(f"Bearer {secret}", at=at) as key:
        return key is not None


def test_only_the_hash_and_a_recognisable_beginning_are_kept(acme):
    key, secret = create_api_key(workspace=acme.workspace, name=" Sync ", scope="write", by=acme.actor(acme.owner))
    assert secret.startswith(PREFIX)
    assert len(secret) == len(PREFIX) + 43
    stored = ApiKey.objects.get(pk=key.pk)
    assert (stored.name, stored.prefix, stored.key_hash) == ("Sync", secret[:SHOWN], hash_secret(secret))
    assert stored.created_by == acme.owner.user
    trail = Activity.objects.get(subject_type="apikey")
    assert secret not in str(vars(trail))
    assert trail.after == {"scope": "write", "prefix": secret[:SHOWN], "expires_at": None}


def test_key_ends_when_it_expires(cast):
    secret = cast.api_key(expires_at=AT)
    assert opens(secret, AT - dt.timedelta(seconds=1))
    assert not opens(secret, AT)


def test_revoked_key_opens_nothing(acme):
    key, secret = create_api_key(workspace=acme.workspace, name="Sync", scope="read", by=acme.actor(acme.owner))
    revoke_api_key(workspace=acme.workspace, pk=key.pk, by=acme.actor(acme.owner))
    assert not opens(secret, AT)
    revoke_api_key(workspace=acme.workspace, pk=key.pk, by=acme.actor(acme.owner))
    assert Activity.objects.filter(verb="revoked").count() == 1


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_only_owners_manage_keys(acme, role):
    by = acme.actor(acme.people[role])
    key, secret = create_api_key(workspace=acme.workspace, name="Sync", scope="read", by=acme.actor(acme.owner))
    with pytest.raises(PermissionDenied):
        create_api_key(workspace=acme.workspace, name="Mine", scope="write", by=by)
    with pytest.raises(PermissionDenied):
        revoke_api_key(workspace=acme.workspace, pk=key.pk, by=by)
    assert ApiKey.objects.count() == 1
    assert opens(secret, AT)


def test_keys_of_another_workspace_are_unknown(acme):
    with workspace_scope(acme.rival):
        theirs, secret = create_api_key(workspace=acme.rival, name="x", scope="read", by=acme.actor(acme.stranger))
    with pytest.raises(ApiKey.DoesNotExist):
        revoke_api_key(workspace=acme.workspace, pk=theirs.pk, by=acme.actor(acme.owner))
    assert opens(secret, AT)


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("name", "x" * 101), ("scope", "admin")])
def test_create_api_key_refuses(acme, field, value):
    good = {"name": "Sync", "scope": "read"}
    with pytest.raises(ValidationError) as refusal:
        create_api_key(workspace=acme.workspace, by=acme.actor(acme.owner), **good | {field: value})
    assert list(refusal.value.message_dict) == [field]
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic b2b_x", "Bearer x", "Bearer b2b_unknown", "b2b_x"])
def test_malformed_and_unknown_keys_are_nobodys(db, header):
    with opened_api_key(header, at=AT) as key:
        assert key is None


def test_page_shows_the_key_once_and_it_works(cast):
    client = cast.client(cast.owner)
    data = {"name": "Sync", "scope": "read", "expires_on": "2126-12-31"}
    response = client.post(reverse("workspaces:api_key_new", args=["acme"]), data)
    secret = response.content.decode().split('id="api-key">')[1].split("<")[0]
    assert Client().get("/api/v1/accounts/", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 200
    with workspace_scope(cast.workspace):
        key = ApiKey.objects.get()
    # To the end of that day in Shanghai.
    assert key.expires_at == dt.datetime(2126, 12, 31, 16, 0, tzinfo=dt.UTC)
    page = client.get(reverse("workspaces:api_keys", args=["acme"])).content.decode()
    assert key.prefix in page
    assert secret not in page
    client.post(reverse("workspaces:api_key_revoke", args=["acme", key.pk]))
    assert Client().get("/api/v1/accounts/", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 401
    assert "Revoked and expired" in client.get(reverse("workspaces:api_keys", args=["acme"])).content.decode()


def test_page_refuses_a_day_that_is_over(cast):
    data = {"name": "Sync", "scope": "read", "expires_on": "2020-01-01"}
    response = cast.client(cast.owner).post(reverse("workspaces:api_key_new", args=["acme"]), data)
    assert response.status_code == 422
    assert "Choose a day in the future" in response.content.decode()
    with workspace_scope(cast.workspace):
        assert not ApiKey.objects.exists()


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_pages_are_for_owners(cast, role):
    client = cast.client(cast.people[role])
    assert (
        client.post(reverse("workspaces:api_key_new", args=["acme"]), {"name": "x", "scope": "read"}).status_code == 403
    )
    assert client.post(reverse("workspaces:api_key_revoke", args=["acme", cast.owner.pk])).status_code == 403
    with workspace_scope(cast.workspace):
        assert not ApiKey.objects.exists()
