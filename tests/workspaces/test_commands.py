"""What the operator of the server types."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.cast import AT, PASSWORD
from workspaces.api_keys import opened_api_key
from workspaces.models import MetricSettings, User, Workspace
from workspaces.scope import workspace_scope


def run(*words, **options) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_create_workspace_makes_the_owner_who_is_missing(db):
    words = "golden --name Golden --currency USD --timezone UTC --language en --owner Boss@Example.com"
    choices = "--renewal-grace-days 30 --gross-margin-percent 72.5 --ltv-churn-months 6"
    run("create_workspace", *words.split(), *choices.split(), f"--password={PASSWORD}")
    workspace = Workspace.objects.get(slug="golden")
    assert (workspace.name, workspace.base_currency, workspace.timezone, workspace.language) == (
        "Golden", "USD", "UTC", "en",
    )  # fmt: skip
    assert User.objects.get().email == "boss@example.com"
    assert User.objects.get().check_password(PASSWORD)
    with workspace_scope(workspace):
        row = MetricSettings.objects.get()
    assert (row.renewal_grace_days, str(row.gross_margin_percent), row.ltv_churn_months) == (30, "72.50", 6)


def test_create_workspace_keeps_an_existing_owners_password(cast):
    before = cast.owner.user.password
    run(*["create_workspace", "second", "--name", "Second", "--owner", "owner@example.com", "--password", "short"])
    cast.owner.user.refresh_from_db()
    assert cast.owner.user.password == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("new --name N --owner owner@example.com", "slug: This address is reserved."),
        ("acme --name N --owner owner@example.com", "slug: Workspace with this Address already exists."),
        ("third --name N --owner owner@example.com --currency XYZ", "currency: Not a currency in use: XYZ."),
        ("third --name N --owner nobody@example.com", "There is no user nobody@example.com"),
        ("third --name N --owner nobody@example.com --password short", "password: This password is too short."),
        ("third --name N --owner nobody --password correct-horse-staple", "email: Enter a valid email address."),
    ],
)
def test_create_workspace_says_what_is_wrong(cast, words, message):
    with pytest.raises(CommandError) as refusal:
        run("create_workspace", *words.split())
    assert message in str(refusal.value)
    assert set(Workspace.objects.values_list("slug", flat=True)) == {"acme", "rival"}
    assert not User.objects.filter(email__startswith="nobody").exists()


def test_create_api_key_prints_the_key_alone(cast):
    secret = run(*["create_api_key", "--workspace", "acme", "--name", "Sync", "--scope", "write"]).strip()
    with opened_api_key(f"Bearer {secret}", at=AT) as key:
        assert (key.name, key.scope, key.workspace) == ("Sync", "write", cast.workspace)


def test_create_api_key_refuses_an_unknown_workspace(cast):
    with pytest.raises(CommandError, match="There is no workspace nowhere"):
        run(*["create_api_key", "--workspace", "nowhere", "--name", "Sync", "--scope", "read"])


def test_first_owner_link_ends_with_the_first_user(cast):
    with pytest.raises(CommandError, match="There are users already"):
        run("first_owner_link")
