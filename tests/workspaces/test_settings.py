"""What a workspace chooses for itself, and what people choose for themselves."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from workspaces.actions.settings import (
    add_metric_settings,
    metric_facts,
    update_metric_settings,
    update_workspace,
    withdraw_metric_settings,
)
from workspaces.models import Activity, MetricSettings, Workspace
from workspaces.queries import metric_settings_on


def row() -> MetricSettings:
    return MetricSettings.objects.get(effective_from=MetricSettings.START)


def test_metric_settings_change_is_dated_and_recorded(acme):
    before = row().changed_at
    update_metric_settings(
        workspace=acme.workspace,
        by=acme.actor(acme.owner),
        renewal_grace_days=30,
        gross_margin_percent=Decimal("72.50"),
    )
    changed = row()
    assert (changed.renewal_grace_days, changed.gross_margin_percent) == (30, Decimal("72.50"))
    assert changed.changed_at >= before
    trail = Activity.objects.latest("id")
    assert (trail.verb, trail.subject_type) == ("updated", "metricsettings")
    assert trail.before == {"renewal_grace_days": 0, "gross_margin_percent": "80"}
    assert trail.after == {"renewal_grace_days": 30, "gross_margin_percent": "72.5"}


def test_metric_settings_saved_as_they_were_stay_as_they_were(acme):
    before, trail = row().changed_at, Activity.objects.count()
    update_metric_settings(workspace=acme.workspace, by=acme.actor(acme.owner), gross_margin_percent=Decimal("80.00"))
    assert (row().changed_at, Activity.objects.count()) == (before, trail)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("renewal_grace_days", 366),
        ("gross_margin_percent", Decimal("100.01")),
        ("gross_margin_percent", Decimal(-1)),
        ("cac_lag_months", 25),
        ("ltv_churn_months", 0),
        ("ltv_cac_bar", Decimal(-1)),
    ],
)
def test_metric_settings_out_of_range(acme, field, value):
    before = metric_facts(row())
    with pytest.raises(ValidationError) as refusal:
        update_metric_settings(workspace=acme.workspace, by=acme.actor(acme.owner), **{field: value})
    assert list(refusal.value.message_dict) == [field]
    assert metric_facts(row()) == before


def test_metric_settings_take_no_other_field(acme):
    with pytest.raises(TypeError):
        update_metric_settings(workspace=acme.workspace, by=acme.actor(acme.owner), changed_at="2020-01-01")


def test_a_new_time_zone_makes_figures_stale(acme):
    MetricSettings.objects.update(changed_at="2020-01-01T00:00Z")
    by = acme.actor(acme.owner)
    update_workspace(workspace=acme.workspace, name="Acme!", language="en", timezone="Asia/Shanghai", by=by)
    assert row().changed_at.year == 2020
    update_workspace(workspace=acme.workspace, name="Acme!", language="en", timezone="Europe/Berlin", by=by)
    assert row().changed_at.year > 2020
    trail = Activity.objects.latest("id")
    assert (trail.before, trail.after) == ({"timezone": "Asia/Shanghai"}, {"timezone": "Europe/Berlin"})


def test_a_name_is_one_line(acme):
    """It stands in the subject of mails, where a line break would begin another header."""
    by = acme.actor(acme.owner)
    update_workspace(workspace=acme.workspace, name=" A\r\nBcc: x@y.z ", language="en", timezone="UTC", by=by)
    assert Workspace.objects.get(pk=acme.workspace.pk).name == "A Bcc: x@y.z"


def test_dated_settings_copy_what_is_in_force_and_are_recorded(acme):
    who = {"workspace": acme.workspace, "by": acme.actor(acme.owner)}
    spring, summer = dt.date(2026, 3, 1), dt.date(2026, 6, 1)
    update_metric_settings(**who, renewal_grace_days=30)
    add_metric_settings(**who, effective_from=spring, churn_timing="notice", gross_margin_percent="75")
    added = add_metric_settings(**who, effective_from=summer, reactivation_after_days=90)
    assert metric_facts(added) == metric_facts(row()) | {
        "churn_timing": "notice",
        "gross_margin_percent": "75",
        "reactivation_after_days": 90,
    }
    trail = Activity.objects.latest("id")
    assert (trail.verb, trail.subject_label, trail.before, trail.after) == (
        "created",
        "2026-06-01",
        {"reactivation_after_days": None},
        {"reactivation_after_days": 90},
    )
    assert [
        metric_settings_on(acme.workspace, day).effective_from for day in (spring, dt.date(2026, 5, 31), summer)
    ] == [
        spring,
        spring,
        summer,
    ]
    before = row().changed_at
    withdraw_metric_settings(**who, effective_from=spring)
    assert row().changed_at > before, "figures are older than the choice"
    assert set(MetricSettings.objects.values_list("effective_from", flat=True)) == {MetricSettings.START, summer}
    trail = Activity.objects.latest("id")
    assert (trail.verb, trail.after) == ("removed", {"gross_margin_percent": "80", "churn_timing": "service_end"})


@pytest.mark.parametrize(
    ("change", "values"),
    [
        (add_metric_settings, {"effective_from": MetricSettings.START, "renewal_grace_days": 3}),
        (add_metric_settings, {"effective_from": dt.date(2026, 3, 1), "renewal_grace_days": 3}),
        (add_metric_settings, {"effective_from": dt.date(2026, 5, 1)}),
        (add_metric_settings, {"effective_from": dt.date(2026, 5, 1), "churn_timing": "sometime"}),
        (add_metric_settings, {"effective_from": dt.date(2026, 5, 1), "reactivation_after_days": 0}),
        (withdraw_metric_settings, {"effective_from": MetricSettings.START}),
    ],
)
def test_dated_settings_that_cannot_be(acme, change, values):
    who = {"workspace": acme.workspace, "by": acme.actor(acme.owner)}
    add_metric_settings(**who, effective_from=dt.date(2026, 3, 1), renewal_grace_days=10)
    before = list(MetricSettings.objects.order_by("id").values()), Activity.objects.count()
    with pytest.raises(ValidationError):
        change(**who, **values)
    assert (list(MetricSettings.objects.order_by("id").values()), Activity.objects.count()) == before


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_only_owners_change_settings(acme, role):
    by = acme.actor(acme.people[role])
    with pytest.raises(PermissionDenied):
        update_metric_settings(workspace=acme.workspace, by=by, renewal_grace_days=30)
    with pytest.raises(PermissionDenied):
        add_metric_settings(workspace=acme.workspace, by=by, effective_from=dt.date(2026, 3, 1), renewal_grace_days=3)
    with pytest.raises(PermissionDenied):
        update_workspace(workspace=acme.workspace, name="Mine", language="en", timezone="UTC", by=by)
    assert row().renewal_grace_days == 0
    assert Workspace.objects.get(pk=acme.workspace.pk).name == "Acme"


def test_settings_pages_save(cast):
    client = cast.client(cast.owner)
    url = reverse("workspaces:settings", args=["acme"])
    values = {"name": "Acme Group", "language": "zh-hans", "timezone": "UTC", "fiscal_year_start_month": 4}
    client.post(url, values | {"slug": "x", "base_currency": "USD"})
    changed = Workspace.objects.get(pk=cast.workspace.pk)
    # The address and the currency are no fields of the form, whatever is sent.
    assert (changed.name, changed.language, changed.timezone) == ("Acme Group", "zh-hans", "UTC")
    assert (changed.slug, changed.base_currency, changed.fiscal_year_start_month) == ("acme", "CNY", 4)
    # Above the form: who may change it, and who did last.
    page = client.get(url).content.decode()
    trail = f"{reverse('workspaces:activity', args=['acme'])}?kind=workspace"
    assert all(text in page for text in ("Only owners may change these.", "by Owner</a>", trail))
    assert "by Owner</a>" not in cast.client(cast.viewer).get(url).content.decode()


def test_settings_pages_say_what_is_wrong(cast):
    client = cast.client(cast.owner)
    response = client.post(
        reverse("workspaces:settings", args=["acme"]), {"name": "", "language": "en", "timezone": "UTC"}
    )
    assert response.status_code == 422
    assert Workspace.objects.get(pk=cast.workspace.pk).name == "Acme"


@pytest.mark.parametrize("role", ["manager", "member", "viewer"])
def test_settings_pages_can_be_read_by_all_and_changed_by_owners(cast, role):
    client = cast.client(cast.people[role])
    url = reverse("workspaces:settings", args=["acme"])
    page = client.get(url).content.decode()
    assert "Only owners may change these." in page
    assert client.post(url, {"name": "Mine", "language": "en", "timezone": "UTC"}).status_code == 403
    assert Workspace.objects.get(pk=cast.workspace.pk).name == "Acme"


# Profile and language


def language_of(response) -> str:
    return response.headers["Content-Language"]


def test_profile_saves_name_and_language(cast):
    client = cast.client(cast.member)
    client.post("/profile/", {"name": "Mei", "language": "zh-hans", "email": "other@example.com"})
    cast.member.user.refresh_from_db()
    assert (cast.member.user.name, cast.member.user.language) == ("Mei", "zh-hans")
    assert cast.member.user.email == "member@example.com"
    assert language_of(client.get("/profile/")) == "zh-hans"


def test_language_is_the_devices_then_the_persons_then_the_workspaces_then_the_browsers(cast):
    client = cast.client(cast.member, HTTP_ACCEPT_LANGUAGE="zh-CN")
    page = reverse("start", args=["acme"])
    assert language_of(client.get(page)) == "en"  # the person's
    type(cast.member.user).objects.update(language="")
    assert language_of(client.get(page)) == "en"  # the workspace's
    Workspace.objects.update(language="zh-hans")
    assert language_of(client.get(page)) == "zh-hans"
    assert language_of(client.get("/profile/")) == "zh-hans"  # the browser's
    client.cookies["b2bops_language"] = "en"
    assert language_of(client.get(page)) == "en"  # the device's
    assert language_of(client.get(f"{page}?language=zh-hans")) == "zh-hans"  # the address's
