"""What a workspace chooses for itself: its name, language and time zone, and the choices that metrics leave open."""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from workspaces import roles
from workspaces.actions.workspaces import one_line, settings_errors, workspace_errors, workspace_facts
from workspaces.activity import difference, record
from workspaces.actor import Actor
from workspaces.models import MetricSettings, Workspace
from workspaces.two_step import users_with_two_step

METRIC_FIELDS = (
    "renewal_grace_days",
    "gross_margin_percent",
    "cac_lag_months",
    "ltv_churn_months",
    "nrr_window_months",
    "reactivation_after_days",
    "churn_timing",
    "ltv_cac_bar",
)


@transaction.atomic
def update_workspace(
    *,
    workspace: Workspace,
    name: str,
    language: str,
    timezone: str,
    fiscal_year_start_month: int | None = None,
    requires_two_step: bool | None = None,
    allows_public_links: bool | None = None,
    by: Actor,
) -> Workspace:
    """Rename, or change language, time zone or (unless None) the month with which the fiscal year begins, whether members
    need a second step to come in, and whether dashboards may be shown by public links. Currency and address stay: figures
    and links hang on them.

    Raises ValidationError keyed by field, also for a person who asks of others a second step that they have not themselves:
    there is always an owner who can come in and take it back.
    """
    by.require(roles.MANAGE_WORKSPACE)
    row = Workspace.objects.select_for_update().get(pk=workspace.pk)
    before = workspace_facts(row)
    if requires_two_step is not None:
        if requires_two_step and not row.requires_two_step and by.user_id and not users_with_two_step([by.user_id]):
            raise ValidationError({"requires_two_step": [_("Set up two-step sign-in for yourself first.")]})
        row.requires_two_step = requires_two_step
    if allows_public_links is not None:
        row.allows_public_links = allows_public_links
    row.name, row.language, row.timezone = one_line(name), language, timezone
    row.fiscal_year_start_month = fiscal_year_start_month or row.fiscal_year_start_month
    if errors := workspace_errors(row):
        raise ValidationError(errors)
    was, now = difference(before, workspace_facts(row))
    if now:
        row.save(update_fields=list(now))
        record(workspace=row, by=by, verb="updated", subject=row, before=was, after=now)
        if "timezone" in now:
            # Days end at another hour now: figures are older than the choice they rest on.
            _mark_changed(row)
    return row


@transaction.atomic
def add_metric_settings(
    *, workspace: Workspace, effective_from: dt.date, by: Actor, **values: object
) -> MetricSettings:
    """Let some of METRIC_FIELDS be others from a day on; the rest stays as it is in force there.

    Raises ValidationError keyed by field, also when something changes on that day already.
    """
    rows = _locked(workspace, by, values)
    if effective_from <= MetricSettings.START:
        raise ValidationError({"effective_from": [_("This day is too early.")]})
    if effective_from in rows:
        raise ValidationError({"effective_from": [_("The settings change on this day already; change that instead.")]})
    before = metric_facts(rows[max(day for day in rows if day < effective_from)])
    row = MetricSettings(workspace=workspace, effective_from=effective_from, **before)
    _set(row, values)
    was, now = difference(before, metric_facts(row))
    if not now:
        raise ValidationError(_("Nothing would change from this day on."))
    row.save(force_insert=True)
    record(workspace=workspace, by=by, verb="created", subject=row, before=was, after=now)
    _mark_changed(workspace)
    return row


@transaction.atomic
def update_metric_settings(
    *, workspace: Workspace, effective_from: dt.date = MetricSettings.START, by: Actor, **values: object
) -> MetricSettings:
    """Change any of METRIC_FIELDS in the row that holds from `effective_from` on; without a day, in the first one.

    Raises MetricSettings.DoesNotExist, and ValidationError keyed by field.
    """
    rows = _locked(workspace, by, values)
    row = _row_of(rows, effective_from)
    before = metric_facts(row)
    _set(row, values)
    was, now = difference(before, metric_facts(row))
    if now:
        row.save(update_fields=METRIC_FIELDS)
        record(workspace=workspace, by=by, verb="updated", subject=row, before=was, after=now)
        _mark_changed(workspace)
    return row


@transaction.atomic
def withdraw_metric_settings(*, workspace: Workspace, effective_from: dt.date, by: Actor) -> None:
    """Let what held before `effective_from` hold on. The first row stays.

    Raises MetricSettings.DoesNotExist, and ValidationError for the first row.
    """
    rows = _locked(workspace, by, {})
    row = _row_of(rows, effective_from)
    if row.is_first:
        raise ValidationError({"effective_from": [_("Settings from the beginning on can be changed, not withdrawn.")]})
    before = metric_facts(rows[max(day for day in rows if day < effective_from)])
    now, was = difference(metric_facts(row), before)
    record(workspace=workspace, by=by, verb="removed", subject=row, before=now, after=was)
    row.delete()
    _mark_changed(workspace)


def _locked(workspace, by: Actor, values: dict) -> dict[dt.date, MetricSettings]:
    """The rows by day, the first one locked: changes come one after the other, each with a later `changed_at`."""
    by.require(roles.MANAGE_WORKSPACE)
    if unknown := set(values) - set(METRIC_FIELDS):
        raise TypeError(f"not metric settings: {sorted(unknown)}")
    MetricSettings.objects.select_for_update().get(workspace=workspace, effective_from=MetricSettings.START)
    return {row.effective_from: row for row in MetricSettings.objects.filter(workspace=workspace)}


def _row_of(rows: dict[dt.date, MetricSettings], day: dt.date) -> MetricSettings:
    try:
        return rows[day]
    except KeyError:
        raise MetricSettings.DoesNotExist(day.isoformat()) from None


def _set(row: MetricSettings, values: dict) -> None:
    for field, value in values.items():
        setattr(row, field, value)
    if errors := settings_errors(row):
        raise ValidationError(errors)


def _mark_changed(workspace) -> None:
    """Say that figures are older than the choices. Last of all, so that what the trail says of the change is no younger:
    a restatement is told by what the trail holds up to here.
    """
    first = MetricSettings.objects.filter(workspace=workspace, effective_from=MetricSettings.START)
    first.update(changed_at=Now())


def metric_facts(row: MetricSettings) -> dict:
    """The settings as JSON values; amounts without the zeros that a database column adds."""
    return {
        field: f"{value.normalize():f}" if isinstance(value := getattr(row, field), Decimal) else value
        for field in METRIC_FIELDS
    }
