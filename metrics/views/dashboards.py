"""Dashboards that people arrange themselves: looking at one, and making, arranging, sharing and removing it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from metrics.dashboards import actions
from metrics.dashboards.forms import DashboardForm, NewDashboardForm
from metrics.dashboards.parts import CHART_NAMES, COURSE, OF_CHANGES, SIZES, TILE, read_parts
from metrics.dashboards.queries import (
    dashboard_opened,
    is_own,
    may_change,
    start_page_of,
    visible_dashboards,
)
from metrics.models import Dashboard, StartPage
from metrics.registry import METRICS
from metrics.slice_bar import SliceBar
from metrics.views.dashboard_board import board_context
from metrics.views.shared_links import share_query
from workspaces import roles


@require_safe
def open_workspace(request, slug):
    """Where the workspace opens for the member: what they chose, the overview otherwise."""
    start = start_page_of(request.workspace, request.member)
    if start.opens == StartPage.Opens.MY_DAY:
        return redirect("metrics:my_day", slug)
    if start.opens == StartPage.Opens.DASHBOARD and (found := dashboard_opened(request.workspace, request.member)):
        return redirect("metrics:dashboard", slug, found.pk)
    return redirect("metrics:overview", slug)


@require_safe
def dashboards(request, slug):
    """The dashboard that opens for the member; while there is none, what one is."""
    if found := dashboard_opened(request.workspace, request.member):
        return redirect("metrics:dashboard", slug, found.pk)
    return render(request, "metrics/dashboards_empty.html", {"new_form": _new_form(request)})


@require_safe
def dashboard(request, slug, pk):
    """`interval`, `period`, `compare` and the filters of a slice stand in the address, and hold for every part."""
    shown = _dashboard_or_404(request, pk)
    context = board_context(request, slug, shown.parts)
    bar = context["bar"]
    context |= {
        "dashboard": shown,
        "tabs": _tabs(request, shown, bar),
        "may_change": may_change(shown, request.actor),
        "is_default": start_page_of(request.workspace, request.member).dashboard_id == shown.pk,
        "edit_form": _form_of(request, shown),
        "new_form": _new_form(request),
    }
    if context.get("parts"):
        context["picture_title"] = f"{shown.name} · {context['shared_period']}"
        context |= share_query(request, "dashboard", bar.exact_url, dashboard=shown.pk)
    return render(request, "metrics/dashboard.html", context)


def _tabs(request, current: Dashboard, bar: SliceBar) -> list[dict]:
    """All dashboards that the member sees; the address's period and slice go along."""
    query = urlencode([*bar.kept.items(), *bar.params])
    return [
        {
            "label": one.name,
            "href": reverse("metrics:dashboard", args=[request.workspace.slug, one.pk])
            + (f"?{query}" if query else ""),
            "active": one.pk == current.pk,
            "is_private": not one.is_shared,
        }
        for one in visible_dashboards(request.workspace, request.user.pk)
    ]


def _dashboard_or_404(request, pk) -> Dashboard:
    try:
        return visible_dashboards(request.workspace, request.user.pk).get(pk=pk)
    except (Dashboard.DoesNotExist, ValidationError):  # of another one, or no id at all
        raise Http404 from None


def _may_share(request) -> bool:
    return request.actor.has_permission(roles.EDIT_FACTS)


def _new_form(request) -> NewDashboardForm:
    return NewDashboardForm(request.POST or None, may_share=_may_share(request), auto_id="new-%s")


def _form_of(request, shown: Dashboard) -> DashboardForm:
    may_share = is_own(shown, request.actor) and _may_share(request)
    initial = {"name": shown.name, "is_shared": shown.is_shared}
    return DashboardForm(request.POST or None, may_share=may_share, initial=initial, auto_id="edit-%s")


@require_http_methods(["GET", "HEAD", "POST"])
def dashboard_new(request, slug):
    """Make one; `like` in the body makes it from another one that the member sees."""
    form = _new_form(request)
    if request.method == "POST":
        like = _dashboard_or_404(request, request.POST["like"]) if request.POST.get("like") else None
        if like:
            form.fields["begin"].required = False
        if form.is_valid():
            values = form.cleaned_data
            try:
                made = actions.make_dashboard(
                    workspace=request.workspace,
                    name=values["name"],
                    is_shared=values.get("is_shared", False),
                    is_empty=values["begin"] == "empty",
                    like=like,
                    by=request.actor,
                )
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                messages.success(request, _("%(name)s was made.") % {"name": made})
                return redirect("metrics:dashboard", slug, made.pk)
    context = {"form": form, "title": _("New dashboard"), "back_url": reverse("metrics:dashboards", args=[slug])}
    return render(request, "metrics/dashboard_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def dashboard_edit(request, slug, pk):
    """Name, and who sees it."""
    shown = _dashboard_or_404(request, pk)
    if not may_change(shown, request.actor):
        raise PermissionDenied(roles.EDIT_FACTS)
    form = _form_of(request, shown)
    if request.method == "POST" and form.is_valid():
        values = {"is_shared": shown.is_shared, **form.cleaned_data}
        try:
            actions.change_dashboard(workspace=request.workspace, pk=pk, by=request.actor, **values)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("metrics:dashboard", slug, pk)
    context = {"form": form, "title": shown.name, "back_url": reverse("metrics:dashboard", args=[slug, pk])}
    return render(request, "metrics/dashboard_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def dashboard_arrange(request, slug, pk):
    """The parts as cards that are moved, resized and taken off: `part` in their order, `size-<id>`, `remove`."""
    shown = _dashboard_or_404(request, pk)
    if request.method == "POST":
        words = request.POST
        actions.arrange_parts(
            workspace=request.workspace,
            pk=pk,
            order=words.getlist("part"),
            sizes={name.removeprefix("size-"): value for name, value in words.items() if name.startswith("size-")},
            removed=words.getlist("remove"),
            by=request.actor,
        )
        messages.success(request, _("Saved."))
        return redirect("metrics:dashboard", slug, pk)
    if not may_change(shown, request.actor):
        return redirect("metrics:dashboard", slug, pk)
    sizes = [{"value": value, "label": label} for value, label in SIZES.items()]
    context = {"dashboard": shown, "parts": read_parts(shown.parts), "sizes": sizes}
    return render(request, "metrics/dashboard_arrange.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def dashboard_add(request, slug, pk):
    """Everything that a dashboard can show, with its definition: `add` is kind and key, as in tile:mrr."""
    shown = _dashboard_or_404(request, pk)
    if request.method == "POST":
        kind, _colon, key = request.POST.get("add", "").partition(":")
        try:
            actions.add_part(workspace=request.workspace, pk=pk, kind=kind, key=key, by=request.actor)
        except ValidationError as refused:
            messages.error(request, refused.messages[0])
        else:
            name = METRICS[key].name if key else CHART_NAMES[kind]
            messages.success(request, _("%(name)s stands at the end of the dashboard.") % {"name": name})
        return redirect("metrics:dashboard_add", slug, pk)
    if not may_change(shown, request.actor):
        return redirect("metrics:dashboard", slug, pk)
    there = {(part.kind, part.key) for part in read_parts(shown.parts)}
    context = {
        "dashboard": shown,
        "charts": [
            {"name": CHART_NAMES[kind], "value": f"{kind}:", "is_there": (kind, "") in there} for kind in OF_CHANGES
        ],
        "metrics": [
            {"metric": metric, "has_tile": (TILE, key) in there, "has_chart": (COURSE, key) in there}
            for key, metric in METRICS.items()
        ],
    }
    return render(request, "metrics/dashboard_add.html", context)


@require_POST
def dashboard_remove(request, slug, pk):
    try:
        removed = actions.remove_dashboard(workspace=request.workspace, pk=pk, by=request.actor)
    except Dashboard.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("%(name)s was removed.") % {"name": removed})
    return redirect("metrics:dashboards", slug)


@require_POST
def dashboard_default(request, slug, pk):
    """Open "Dashboards" with this one."""
    try:
        actions.set_default_dashboard(workspace=request.workspace, pk=pk, by=request.actor)
    except Dashboard.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Dashboards opens with this one for you."))
    return redirect("metrics:dashboard", slug, pk)
