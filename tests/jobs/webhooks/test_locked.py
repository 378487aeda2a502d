"""Secrets at rest: no row shows one, keys can be changed, and what no key opens is said rather than lost or sent."""

from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
import standardwebhooks
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from accounts.actions import save_accounts
from b2bops.data.texts import Words, put_out
from jobs.models import Webhook, WebhookDelivery
from jobs.webhooks import actions
from jobs.webhooks.sending import Failure
from tests.cast import AT
from workspaces import locked
from workspaces.actor import member_actor, system_actor
from workspaces.scope import workspace_scope
from workspaces.two_step import PURPOSE, TwoStepAdapter

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "sesame-opens-the-door"
BY = system_actor("command")


@pytest.fixture
def told(cast, hook, receiver):
    """A webhook whose address holds a token, with a secret of before, and something for it to tell."""
    one = hook(url=f"{receiver.url}?token={TOKEN}")
    with workspace_scope(cast.workspace):
        by = member_actor(cast.owner)
        one = actions.rotate_secret(workspace=cast.workspace, pk=one.pk, by=by, at=AT)
        save_accounts(workspace=cast.workspace, rows=[{"external_id": "A1", "name": "Lanhai"}], by=BY)
    return one


def stored(workspace) -> list[tuple]:
    with workspace_scope(workspace), connection.cursor() as cursor:
        cursor.execute("select url, secret, old_secret from jobs_webhook")
        return cursor.fetchall()


def kept(hook: Webhook) -> tuple[str, str, str]:
    with workspace_scope(hook.workspace_id):
        again = Webhook.objects.get(pk=hook.pk)
    return again.url, again.secret, again.old_secret


def test_no_column_shows_a_secret_and_delivery_signs(cast, told, receiver, run_due):
    with workspace_scope(cast.workspace), connection.cursor() as cursor:
        for table in ("jobs_webhook", "jobs_webhookevent", "jobs_webhookdelivery", "workspaces_activity", "jobs_run"):
            cursor.execute(f"select string_agg(t::text, '') from {table} t")
            text = cursor.fetchone()[0] or ""
            assert not any(word in text for word in (TOKEN, "whsec_", told.secret[6:], told.old_secret[6:])), table
    run_due()
    (request,) = receiver.requests
    assert TOKEN in request.path
    standardwebhooks.Webhook(told.secret).verify(request.body, request.headers)


def test_kept_answer_of_the_api_shows_no_secret(cast, client):
    headers = {"Authorization": f"Bearer {cast.api_key()}", "Idempotency-Key": "once"}
    row = {"url": f"https://hooks.example.com/?token={TOKEN}", "events": ["*"]}
    made = client.post("/api/v1/webhooks/", row, "application/json", headers=headers)
    with workspace_scope(cast.workspace), connection.cursor() as cursor:
        cursor.execute("select convert_from(body, 'UTF8') from workspaces_idempotencykey")
        (body,) = cursor.fetchone()
    assert made.status_code == 201
    assert "whsec_" not in body
    assert TOKEN not in body
    again = client.post("/api/v1/webhooks/", row, "application/json", headers=headers)
    assert (again["Idempotent-Replayed"], again.content) == ("true", made.content)


def test_migration_goes_forth_and_back(cast, told):
    of_receivers = import_module("jobs.migrations.0014_locked_receivers")
    of_answers = import_module("workspaces.migrations.0014_locked_answers")
    editor = SimpleNamespace(connection=connection)
    before, plain = stored(cast.workspace), kept(told)
    with workspace_scope(cast.workspace), connection.cursor() as cursor:
        cursor.execute(
            "insert into workspaces_idempotencykey (workspace_id, key, request_hash, status, content_type, body, created_at)"
            " values (%s, 'k', 'h', 200, '', 'plain', now())",
            [cast.workspace.pk],
        )
        of_answers.lock_all(None, editor)
        of_receivers.unlock_all(None, editor)
    assert stored(cast.workspace) == [plain] != before
    with workspace_scope(cast.workspace), connection.cursor() as cursor:
        of_receivers.lock_all(None, editor)
        cursor.execute("select body = 'plain' from workspaces_idempotencykey")
        assert cursor.fetchone() == (False,)
        of_answers.unlock_all(None, editor)
        cursor.execute("select body = 'plain' from workspaces_idempotencykey")
        assert cursor.fetchone() == (True,)
    assert kept(told) == plain
    assert stored(cast.workspace) != [plain]


def test_key_can_be_changed_and_the_one_before_forgotten(cast, told, settings):
    plain = kept(told)
    second_step = TwoStepAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=cast.owner.user, type="totp", data={"secret": second_step})
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert kept(told) == plain
    out = StringIO()
    call_command("relock_secrets", stdout=out)
    assert "2 locked" in out.getvalue()
    settings.SECRET_KEY_FALLBACKS = []
    assert kept(told) == plain
    assert locked.unlock(Authenticator.objects.get().data["secret"], purpose=PURPOSE) == "JBSWY3DPEHPK3PXP"


def test_lost_key_sends_nothing_and_loses_nothing(cast, told, receiver, run_due, only_delivery, settings, client):
    plain, right = kept(told), settings.SECRET_KEY
    settings.SECRET_KEY = "a stranger's"
    run_due()
    assert (only_delivery().error, only_delivery().state) == (Failure.LOCKED, WebhookDelivery.PENDING)
    assert receiver.requests == []
    owner = cast.client(cast.owner)
    assert "can no longer be read" in owner.get(reverse("jobs:webhook_page", args=["acme", told.pk])).text
    assert owner.get(reverse("jobs:webhook_list", args=["acme"])).status_code == 200
    with pytest.raises(CommandError, match="1 cannot be read"):
        call_command("relock_secrets", stdout=StringIO())
    settings.SECRET_KEY = right
    assert kept(told) == plain


def test_erasing_looks_behind_the_lock(cast, told, receiver):
    with workspace_scope(cast.workspace):
        assert put_out(cast.workspace, Webhook, Words.of(["sesame"])) == 1
    assert (kept(told)[0], kept(told)[1]) == (told.url.replace("sesame", "[erased]"), told.secret)
    assert "erased" not in str(stored(cast.workspace))


def test_nothing_is_looked_for_by_what_is_locked():
    with pytest.raises(TypeError, match="locked"):
        Webhook.objects.filter(url="https://example.com/").exists()
