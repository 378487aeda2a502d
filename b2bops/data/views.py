"""Settings → Export and erase: taking all of it along, erasing a person, erasing the workspace."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import Contact
from b2bops.data import leaving, people, taking_along
from jobs.models import Run
from jobs.queries import latest_runs, run_or_404
from jobs.time_left import time_left
from workspaces import roles
from workspaces.models import Erasure, Membership
from workspaces.settings_pages import settings_trail

TONES = {Run.QUEUED: "", Run.RUNNING: "busy", Run.SUCCEEDED: "good", Run.FAILED: "risk"}
SHOWN = 5


@require_safe
def data(request, slug):
    request.actor.require(roles.EXPORT)
    may_erase = request.actor.has_permission(roles.ERASE)
    own = [run for run in latest_runs(request.workspace, taking_along.KIND) if run.user_id == request.user.pk]
    return render(
        request,
        "data/data.html",
        {
            "trail": settings_trail(request),
            "exports": [_shown(run, "data:data_export", slug) for run in own[:SHOWN]],
            "erasures": [
                _shown(run, "data:data_erasure", slug) for run in latest_runs(request.workspace, people.KIND)[:SHOWN]
            ]
            if may_erase
            else [],
            "may_erase": may_erase,
            "waits": leaving.WAITS.days,
        },
    )


def _shown(run: Run, name: str, slug: str) -> dict:
    return {"run": run, "url": reverse(name, args=[slug, run.pk]), "tone": TONES[run.state]}


@require_POST
def export(request, slug):
    request.actor.require(roles.EXPORT)
    run = taking_along.request_export(workspace=request.workspace, by=request.actor, language=get_language() or "en")
    return redirect("data:data_export", slug, run.pk)


@require_GET
def export_page(request, slug, pk):
    run = _own_export_or_404(request, pk)
    return _run_page(request, run, _("Export of the workspace"), file=taking_along.file_of(run))


@require_GET
def export_file(request, slug, pk):
    file = taking_along.file_of(_own_export_or_404(request, pk))
    if file is None:
        raise Http404
    return taking_along.sent(request, file)


def _own_export_or_404(request, pk) -> Run:
    """Only whoever asked for an export gets it, as long as they may export."""
    request.actor.require(roles.EXPORT)
    run = run_or_404(request.workspace, taking_along.KIND, pk)
    if run.user_id != request.user.pk:
        raise Http404
    return run


@require_GET
def erasure_page(request, slug, pk):
    request.actor.require(roles.ERASE)
    return _run_page(request, run_or_404(request.workspace, people.KIND, pk), _("Erasure of a person"))


def _run_page(request, run: Run, title: str, **more):
    context = {
        "run": run,
        "title": title,
        "tone": TONES[run.state],
        "left": time_left(run, timezone.now()),
        "trail": settings_trail(request, "data:data", _("Export and erase")),
        **more,
    }
    template = "data/run_page.html#progress" if request.htmx else "data/run_page.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
def erase_contact(request, slug, pk):
    request.actor.require(roles.ERASE)
    contact = get_object_or_404(Contact.objects.select_related("account"), workspace=request.workspace, pk=pk)
    others = Contact.objects.standing().filter(workspace=request.workspace, name=contact.name).exclude(pk=pk).count()
    return _erase_page(request, Erasure.CONTACT, contact, str(contact), others)


@require_http_methods(["GET", "POST"])
def erase_member(request, slug, pk):
    request.actor.require(roles.ERASE)
    people_here = Membership.objects.filter(workspace=request.workspace).select_related("user")
    member = get_object_or_404(people_here, pk=pk)
    return _erase_page(request, Erasure.MEMBER, member, str(member), 0)


def _erase_page(request, kind: str, person: Model, name: str, others: int):
    error = ""
    if request.method == "POST":
        if request.POST.get("confirm", "").strip() != name.strip():
            error = _("Type the name to confirm.")
        else:
            try:
                run = people.request_erasure(
                    workspace=request.workspace,
                    kind=kind,
                    pk=person.pk,
                    everywhere="everywhere" in request.POST,
                    by=request.actor,
                )
            except ValidationError as refusal:
                error = refusal.messages[0]
            else:
                return redirect("data:data_erasure", request.workspace.slug, run.pk)
    return render(
        request,
        "data/erase.html",
        {
            "kind": kind,
            "person": person,
            "name": name,
            "others": others,
            "is_active": kind == Erasure.MEMBER and person.is_active,  # type: ignore[attr-defined]
            "error": error,
            "trail": settings_trail(request, "data:data", _("Export and erase")),
        },
        status=422 if error else 200,
    )


@require_POST
def erase_workspace(request, slug):
    try:
        at = leaving.ask_to_erase(
            workspace=request.workspace,
            typed=request.POST.get("confirm", ""),
            at=timezone.now(),
            by=request.actor,
        )
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        day = timezone.localtime(at, request.workspace.zone).date()
        messages.warning(request, _("The workspace will be erased on %(day)s.") % {"day": day})
    return redirect("data:data", slug)


@require_POST
def keep_workspace(request, slug):
    leaving.call_back(workspace=request.workspace, by=request.actor)
    messages.success(request, _("The workspace stays."))
    return redirect("data:data", slug)
