"""Closings: how far the books are closed, closing days by hand, and watching a run."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from jobs.models import Run
from jobs.queries import last_success, latest_runs, run_or_404
from jobs.time_left import time_left
from metrics.actions import request_closing
from metrics.forms import ClosingForm
from metrics.models import Closing
from metrics.queries import closed_through
from workspaces import roles
from workspaces.batch import InvalidRow
from workspaces.exports import ROWS_AT_ONCE
from workspaces.list_files import Column, ListFile, local, page_file, page_links

KIND = "closing"
DAYS_A_PAGE = 60
TONES = {Run.QUEUED: "", Run.RUNNING: "busy", Run.SUCCEEDED: "good", Run.FAILED: "risk"}

DAYS = ListFile(
    gettext_lazy("Closed days"),
    (
        Column(gettext_lazy("Day"), lambda closing: closing.day),
        Column(gettext_lazy("Closed at"), lambda closing: local(closing.closed_at)),
        Column(gettext_lazy("Restated at"), lambda closing: local(closing.restated_at)),
    ),
)


@require_http_methods(["GET", "HEAD", "POST"])
def closing_list(request, slug):
    workspace, now = request.workspace, timezone.now()
    days = Closing.objects.filter(workspace=workspace).order_by("-day")
    file = page_file(request, DAYS, lambda: days.iterator(chunk_size=ROWS_AT_ONCE))
    if file is not None:
        return file
    may_close = request.actor.has_permission(roles.CLOSE_DAYS)
    last_day = workspace.local_day(now) - dt.timedelta(days=1)
    form = ClosingForm(request.POST or None, last_day=last_day)
    if request.method == "POST":
        if not may_close:
            raise PermissionDenied(roles.CLOSE_DAYS)
        if run := _asked(form, workspace, request.actor, now):
            return redirect("metrics:closing_page", slug, run.pk)
    context = _status(workspace, now) | _closed_days(workspace, request.GET.get("before", "")) | {"form": form}
    context |= {"may_close": may_close, "files": page_links(request, has_rows=bool(context["days"]))}
    template = "metrics/closing_list.html"
    if request.htmx:
        template += "#status"
    return render(request, template, context, status=422 if form.errors else 200)


def _asked(form: ClosingForm, workspace, actor, now) -> Run | None:
    """The run that the form asks for; None with the reasons on the form."""
    if not form.is_valid():
        return None
    try:
        return request_closing(workspace=workspace, by=actor, at=now, **form.cleaned_data)
    except InvalidRow as refused:
        for field, messages in refused.errors.items():
            form.add_error(field, messages)
        return None


def _status(workspace, now) -> dict:
    runs = [_shown(workspace, run, now) for run in latest_runs(workspace, KIND)]
    newest = runs[0] if runs else None
    return {
        "closed_through": closed_through(workspace),
        "last_success": last_success(workspace, KIND),
        "runs": runs,
        "failed": newest if newest and newest["run"].state == Run.FAILED else None,
        "is_busy": any(shown["run"].is_open for shown in runs),
    }


def _shown(workspace, run: Run, now) -> dict:
    """A run as its row and its page show it."""
    until, since = run.params["until"], run.params.get("since")
    return {
        "run": run,
        "url": reverse("metrics:closing_page", args=[workspace.slug, run.pk]),
        "days": _("%(first)s to %(last)s") % {"first": since, "last": until}
        if since
        else _("up to %(last)s") % {"last": until},
        "tone": TONES[run.state],
        "left": time_left(run, now),
        "took": (run.finished_at - run.started_at) if run.finished_at and run.started_at else None,
        "mend_url": _mend_url(workspace, run),
        "restated_from": parse_date((run.result or {}).get("restated_from") or ""),
    }


def _mend_url(workspace, run: Run) -> str:
    """Where to enter the exchange rate that is missing, with currency and day filled in; empty for other ends."""
    if not run.error or run.error["code"] != "missing_rate":
        return ""
    try:
        page = reverse("accounts:fx_rate_new", args=[workspace.slug])
    except NoReverseMatch:
        return ""
    return f"{page}?{urlencode({'currency': run.error['currency'], 'date': run.error['day']})}"


def _closed_days(workspace, before: str) -> dict:
    """A page of closed days, newest first. before: an ISO date to start under; anything else is the first page."""
    try:
        start = parse_date(before)
    except ValueError:
        start = None
    days = Closing.objects.filter(workspace=workspace).order_by("-day")
    if start:
        days = days.filter(day__lt=start)
    page = list(days[: DAYS_A_PAGE + 1])
    has_more, page = len(page) > DAYS_A_PAGE, page[:DAYS_A_PAGE]
    return {
        "days": page,
        "older": f"?before={page[-1].day.isoformat()}" if has_more else "",
        "is_first_page": start is None,
    }


@require_safe
def closing_page(request, slug, pk):
    run = run_or_404(request.workspace, KIND, pk)
    context = _shown(request.workspace, run, timezone.now())
    context["may_close"] = request.actor.has_permission(roles.CLOSE_DAYS)
    context["trail"] = [{"label": _("Closings"), "href": reverse("metrics:closing_list", args=[slug])}]
    return render(request, "metrics/closing_page.html" + ("#progress" if request.htmx else ""), context)
