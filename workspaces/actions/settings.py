"""What a workspace chooses for itself: its name, language and time zone, and the choices that metrics leave open."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from workspaces import roles
from workspaces.actions.workspaces import one_line, settings_errors, workspace_errors, workspace_facts
from workspaces.activity import difference, record
from workspaces.actor import Actor
from workspaces.models import MetricSettings, Workspace

METRIC_FIELDS = ("renewal_grace_days", "gross_margin_percent", "cac_lag_months", "ltv_churn_months", "ltv_cac_bar")


@transaction.atomic
def update_workspace(
    *,
    workspace: Workspace,
    name: str,
    language: str,
    timezone: str,
    fiscal_year_start_month: int | None = None,
    by: Actor,
) -> Workspace:
    """Rename, or change language, time zone or (unless None) the month with which the fiscal year begins. Currency and
    address stay: figures and links hang on them.

    Raises ValidationError keyed by field.
    """
    by.require(roles.MANAGE_WORKSPACE)
    row = Workspace.objects.select_for_update().get(pk=workspace.pk)
    before = workspace_facts(row)
    row.name, row.language, row.timezone = one_line(name), language, timezone
    row.fiscal_year_start_month = fiscal_year_start_month or row.fiscal_year_start_month
    if errors := workspace_errors(row):
        raise ValidationError(errors)
    was, now = difference(before, workspace_facts(row))
    if now:
        row.save(update_fields=["name", "language", "timezone", "fiscal_year_start_month"])
        if "timezone" in now:
            # Days end at another hour now: figures are older than the choice they rest on.
            MetricSettings.objects.filter(workspace=row).update(changed_at=Now())
        record(workspace=row, by=by, verb="updated", subject=row, before=was, after=now)
    return row


@transaction.atomic
def update_metric_settings(*, workspace: Workspace, by: Actor, **values: object) -> MetricSettings:
    """Change any of METRIC_FIELDS for the whole history; `changed_at` tells the next closing to compute it again.

    Raises ValidationError keyed by field.
    """
    by.require(roles.MANAGE_WORKSPACE)
    if unknown := set(values) - set(METRIC_FIELDS):
        raise TypeError(f"not metric settings: {sorted(unknown)}")
    row = MetricSettings.objects.select_for_update().get(workspace=workspace, effective_from=MetricSettings.START)
    before = metric_facts(row)
    for field, value in values.items():
        setattr(row, field, value)
    if errors := settings_errors(row):
        raise ValidationError(errors)
    was, now = difference(before, metric_facts(row))
    if now:
        row.changed_at = Now()
        row.save(update_fields=[*METRIC_FIELDS, "changed_at"])
        record(workspace=workspace, by=by, verb="updated", subject=row, before=was, after=now)
    return row


def metric_facts(row: MetricSettings) -> dict:
    """The settings as JSON values; amounts without the zeros that a database column adds."""
    return {
        field: f"{value.normalize():f}" if isinstance(value := getattr(row, field), Decimal) else value
        for field in METRIC_FIELDS
    }
