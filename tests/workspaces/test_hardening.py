"""What every answer carries, and what cookies are allowed to be."""

import io
import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from workspaces.models import Membership
from workspaces.scope import workspace_scope

PROBE = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
answer = Client().get("/sign-in/login/", secure=settings.IS_HTTPS, HTTP_HOST=settings.ALLOWED_HOSTS[0])
print(json.dumps({
    "status": answer.status_code,
    "headers": dict(answer.headers),
    "cookies": {name: {key: morsel[key] for key in ("secure", "httponly", "samesite", "path", "domain")}
                for name, morsel in answer.cookies.items()},
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,
                settings.SESSION_COOKIE_SAMESITE, settings.SESSION_COOKIE_DOMAIN, settings.SESSION_COOKIE_PATH],
}))
"""


def probe(public_url: str) -> dict:
    """The sign-in page as a process with this PUBLIC_URL answers it."""
    ended = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=settings.BASE_DIR,
        env=os.environ | {"PUBLIC_URL": public_url, "DJANGO_SETTINGS_MODULE": "b2bops.settings", "DEBUG": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(ended.stdout)


def test_https_makes_cookies_and_headers_strict():
    found = probe("https://ops.example.com")
    assert found["status"] == 200
    assert found["cookies"] == {
        "__Host-csrf": {"secure": True, "httponly": "", "samesite": "Lax", "path": "/", "domain": ""}
    }
    assert found["session"] == ["__Host-session", True, True, "Lax", None, "/"]
    assert found["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_plain_http_works_on_ones_own_machine():
    found = probe("http://127.0.0.1:8000")
    assert found["status"] == 200
    assert found["cookies"]["b2bops_csrf"]["secure"] == ""
    assert "Strict-Transport-Security" not in found["headers"]


@pytest.mark.parametrize("path", ["/sign-in/login/", "/w/acme/settings/", "/profile/", "/nowhere/", "/w/nowhere/"])
def test_every_answer_is_locked_down(cast, path):
    response = cast.client(cast.owner).get(path)
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == policy["form-action"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "http" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/w/acme/settings/members/", "/w/acme/start/", "/profile/"])
def test_pages_hold_no_inline_script_or_style(cast, path):
    page = cast.client(cast.owner).get(path).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page)


@pytest.mark.parametrize("path", ["/w/acme/settings/", "/w/acme/activity/", "/profile/", "/new-workspace/"])
def test_pages_behind_the_sign_in_are_not_kept_by_browsers(cast, path):
    response = cast.client(cast.owner).get(path)
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_ORIGIN": "https://evil.example"}])
def test_writes_need_the_token(cast, headers):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.owner.user)
    response = client.post(reverse("workspaces:member_deactivate", args=["acme", cast.viewer.pk]), **headers)
    assert response.status_code == 403
    with workspace_scope(cast.workspace):
        assert Membership.objects.get(pk=cast.viewer.pk).is_active


def test_nothing_is_written_by_get(cast):
    client = cast.client(cast.owner)
    for name in ("member_deactivate", "member_reactivate", "team_remove", "invitation_revoke", "api_key_revoke"):
        assert client.get(reverse(f"workspaces:{name}", args=["acme", cast.viewer.pk])).status_code == 405, name


def test_a_foreign_host_name_is_refused(cast):
    assert cast.client(cast.owner).get("/profile/", HTTP_HOST="evil.example").status_code == 400


@pytest.fixture
def log_lines():
    """What the log gets while a test runs, written by the formatter of the settings."""
    formatter = dict(settings.LOGGING["formatters"]["json"])
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_logs_hold_no_secrets_and_no_personal_data(cast, log_lines):
    client = cast.client(cast.owner, REMOTE_ADDR="198.51.100.7")
    client.get("/invitation/SECRET-token/")
    client.get("/welcome/SECRET:token:x/")
    client.get("/w/acme/nothing/?q=Zhang+Wei")
    client.get("/w/acme/settings/", HTTP_AUTHORIZATION="Bearer b2b_SECRET")
    Client().post("/sign-in/login/", {"login": "someone@private.example", "password": "SECRET password"})
    lines = log_lines()
    text = json.dumps(lines)
    requests = {line["request"] for line in lines if line.get("event") == "request_finished"}
    assert {"GET /invitation/…/", "GET /welcome/…/", "GET /w/acme/nothing/?…"} <= requests
    for leak in ("SECRET", "Zhang", "someone@private", "198.51.100.7"):
        assert leak not in text, leak
    assert all(line["request_id"] for line in lines if line.get("event") == "request_finished")
