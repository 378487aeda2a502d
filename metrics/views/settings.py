"""The choices that metric definitions leave to a workspace: since when they hold, and what a change would do."""

import datetime as dt
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jobs.models import Run
from jobs.queries import run_or_404
from jobs.time_left import time_left
from metrics import period_changes, settings_words
from metrics.models import Interval
from metrics.queries import closed_through
from metrics.settings_change import (
    ADD,
    KIND,
    UPDATE,
    WITHDRAW,
    SettingsChange,
    apply_previewed,
    request_preview,
)
from workspaces import formats, roles
from workspaces.actions.settings import metric_facts
from workspaces.forms.settings import DatedMetricSettingsForm, MetricSettingsForm
from workspaces.list_files import Column, ListFile, page_file, page_links
from workspaces.models import MetricSettings
from workspaces.queries import metric_settings_on
from workspaces.settings_pages import settings_trail

TONES = {Run.QUEUED: "", Run.RUNNING: "busy", Run.SUCCEEDED: "good", Run.FAILED: "risk"}
PERIODS_SHOWN = 6
# A row for each choice that changed with a row of the timeline.
FILE = ListFile(
    gettext_lazy("Metric settings"),
    (
        Column(gettext_lazy("From"), lambda one: None if one[0]["row"].is_first else one[0]["row"].effective_from),
        Column(gettext_lazy("Setting"), lambda one: one[1]["label"]),
        Column(gettext_lazy("Before"), lambda one: one[1]["before"]),
        Column(gettext_lazy("After"), lambda one: one[1]["after"]),
        Column(gettext_lazy("In force"), lambda one: one[0]["is_in_force"]),
    ),
    unfold=lambda item: [(item, change) for change in item["changes"]],
)


@require_safe
def metric_settings(request, slug):
    """What holds today, and since when; owners may change it."""
    today = request.workspace.local_day(timezone.now())
    rows = list(MetricSettings.objects.filter(workspace=request.workspace).order_by("-effective_from"))
    timeline = settings_words.timeline(rows, today)
    file = page_file(request, FILE, lambda: timeline)
    if file is not None:
        return file
    context = {
        "files": page_links(request),
        "chosen": settings_words.described(metric_settings_on(request.workspace, today)),
        "timeline": timeline,
        "may_change": request.actor.has_permission(roles.MANAGE_WORKSPACE),
        "trail": settings_trail(request),
    }
    return render(request, "metrics/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settings_new(request, slug):
    """Other settings from a day on."""
    request.actor.require(roles.MANAGE_WORKSPACE)
    today = request.workspace.local_day(timezone.now())
    initial = _initial(metric_settings_on(request.workspace, today)) | {"effective_from": today}
    form = DatedMetricSettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name in form.changed_data}
        day = form.cleaned_data["effective_from"]
        values.pop("effective_from", None)
        if answer := _asked(request, form, SettingsChange(ADD, day, values)):
            return answer
    return _form(request, form, title=_("Change from a day on"))


@require_http_methods(["GET", "HEAD", "POST"])
def settings_change(request, slug, pk):
    """The settings that hold from some day on: changed or, all but the first, withdrawn."""
    request.actor.require(roles.MANAGE_WORKSPACE)
    row = get_object_or_404(MetricSettings, workspace=request.workspace, pk=pk)
    form = MetricSettingsForm(request.POST or None, initial=_initial(row))
    if request.method == "POST" and "withdraw" in request.POST:
        form = MetricSettingsForm(initial=_initial(row))
        if answer := _asked(request, form, SettingsChange(WITHDRAW, row.effective_from)):
            return answer
    elif request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        if answer := _asked(request, form, SettingsChange(UPDATE, row.effective_from, values)):
            return answer
    title = (
        _("Settings from the beginning on")
        if row.is_first
        else _("Settings from %(day)s on") % {"day": formats.day(row.effective_from, get_language() or "en")}
    )
    return _form(request, form, title=title, row=row)


def _initial(row: MetricSettings) -> dict:
    """The row's values as the form takes them; amounts without the zeros that a database column adds."""
    return {
        name: Decimal(value) if isinstance(getattr(row, name), Decimal) else value
        for name, value in metric_facts(row).items()
    }


def _form(request, form, *, title: str, row: MetricSettings | None = None):
    context = {
        "form": form,
        "title": title,
        "row": row,
        "is_closed": closed_through(request.workspace) is not None,
        "trail": settings_trail(request, "metrics:metric_settings", _("Metrics")),
    }
    return render(request, "metrics/settings_form.html", context, status=422 if form.errors else 200)


def _asked(request, form, change: SettingsChange):
    """The answer to a change that can be made: to its preview or, when nothing is closed yet, back to the settings. None
    with the reasons on the form.
    """
    workspace = request.workspace
    if change.what == UPDATE and not change.values:
        messages.info(request, _("Nothing was changed."))
        return redirect("metrics:metric_settings", workspace.slug)
    try:
        if closed_through(workspace) is None:
            change.make(workspace=workspace, by=request.actor)
            messages.success(request, _("Saved."))
            return redirect("metrics:metric_settings", workspace.slug)
        run = request_preview(workspace=workspace, change=change, by=request.actor)
    except ValidationError as error:
        form.add_error(None, _on_fields(form, error))
        return None
    return redirect("metrics:settings_preview", workspace.slug, run.pk)


def _on_fields(form, error: ValidationError) -> ValidationError:
    """The error with what belongs to no field of the form said of the form as a whole."""
    if not hasattr(error, "error_dict"):
        return error
    known = {name: errors for name, errors in error.error_dict.items() if name in form.fields}
    return ValidationError(known) if known else ValidationError(error.messages)


@require_http_methods(["GET", "HEAD", "POST"])
def settings_preview(request, slug, pk):
    """What a change would make of closed periods: how far looking has come, what was found, and making it."""
    workspace = request.workspace
    request.actor.require(roles.MANAGE_WORKSPACE)
    run = run_or_404(workspace, KIND, pk)
    if request.method == "POST":
        try:
            closing = apply_previewed(workspace=workspace, run=run, by=request.actor, at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("metrics:settings_preview", slug, run.pk)
        messages.success(request, _("Saved. The closed days are being computed again."))
        return redirect("metrics:closing_page", slug, closing.pk)
    context = {
        "run": run,
        "tone": TONES[run.state],
        "left": time_left(run, timezone.now()),
        "trail": settings_trail(request, "metrics:metric_settings", _("Metrics")),
        "change": _told(workspace, SettingsChange.from_params(run.params)),
    }
    if run.result is not None:
        context |= _found(run.result, workspace, request, run.pk)
    return render(request, "metrics/settings_preview.html" + ("#progress" if request.htmx else ""), context)


def _told(workspace, change: SettingsChange) -> dict:
    """The change in words: since when, and its fields."""
    facts = MetricSettings(workspace=workspace, **change.values)
    facts.clean_fields(exclude=[field.name for field in MetricSettings._meta.fields if field.name not in change.values])
    return {
        "is_withdrawal": change.what == WITHDRAW,
        "day": None if change.effective_from == MetricSettings.START else change.effective_from,
        "values": [one for one in settings_words.described(facts) if one["key"] in change.values],
    }


def _found(result: dict, workspace, request, pk) -> dict:
    """The periods that would change, one interval at a time, latest first."""
    language = get_language() or "en"
    periods = result["periods"]
    by_interval = {key: [period for period in periods if period["interval"] == key] for key in Interval.values}
    interval = request.GET.get("interval")
    if interval not in by_interval:
        interval = next((key for key in Interval.values if by_interval[key]), "month")
    shown = by_interval[interval][::-1]
    limit = None if "all" in request.GET else PERIODS_SHOWN
    address = reverse("metrics:settings_preview", args=[workspace.slug, pk])
    return {
        "count": len(periods),
        "through": dt.date.fromisoformat(result["closed_through"]),
        "periods": period_changes.table(shown[:limit], workspace.base_currency, language),
        "more_url": f"{address}?interval={interval}&all" if limit and len(shown) > limit else "",
        "tabs": [
            {
                "label": label,
                "href": f"{address}?interval={key}",
                "active": key == interval,
                "count": len(by_interval[key]),
            }
            for key, label in Interval.choices
        ],
    }
