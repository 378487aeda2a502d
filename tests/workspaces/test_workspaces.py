"""Opening a workspace."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.cast import make_user, make_workspace
from workspaces.actions.workspaces import create_workspace
from workspaces.actor import member_actor
from workspaces.models import Activity, Membership, MetricSettings, Workspace
from workspaces.scope import workspace_scope


def test_create_workspace_writes_owner_settings_and_trail(db):
    owner = make_user("founder")
    workspace = make_workspace(
        "north-star", owner=owner, currency="usd", timezone="Europe/Berlin", renewal_grace_days=30
    )
    assert (workspace.base_currency, workspace.timezone, workspace.language) == ("USD", "Europe/Berlin", "en")
    with workspace_scope(workspace):
        assert list(Membership.objects.values_list("user", "role", "is_active")) == [(owner.pk, "owner", True)]
        settings = MetricSettings.objects.get(effective_from=MetricSettings.START)
        assert (settings.renewal_grace_days, settings.gross_margin_percent, settings.ltv_churn_months) == (30, 80, 12)
        trail = Activity.objects.get()
        assert (trail.verb, trail.subject_type, trail.subject_id) == ("created", "workspace", str(workspace.pk))
        assert trail.after["currency"] == "USD"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Has Spaces"),
        ("slug", "-dash"),
        ("slug", "x"),
        ("slug", "a" * 41),
        ("slug", "new"),
        ("slug", "acme"),
        ("name", " "),
        ("currency", "DEM"),
        ("currency", "¥"),
        ("timezone", "Mars/Olympus"),
        ("language", "tlh"),
        ("renewal_grace_days", 366),
        ("renewal_grace_days", -1),
        ("gross_margin_percent", "100.01"),
        ("gross_margin_percent", "NaN"),
        ("ltv_churn_months", 0),
        ("ltv_churn_months", 61),
    ],
)
def test_create_workspace_refuses(cast, field, value):
    before = Workspace.objects.count()
    good = {"slug": "third", "name": "Third", "owner": cast.owner.user, "by": member_actor(cast.owner)}
    with pytest.raises(ValidationError) as refusal:
        create_workspace(**{**good, field: value})
    assert list(refusal.value.message_dict) == [field]
    assert Workspace.objects.count() == before


def test_create_workspace_needs_an_owner_somewhere(cast):
    with pytest.raises(PermissionDenied):
        create_workspace(slug="third", name="Third", owner=cast.manager.user, by=member_actor(cast.manager))
    assert not Workspace.objects.filter(slug="third").exists()
