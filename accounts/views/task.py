"""One task: entering, changing, voiding it, and ticking it off."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import queries
from accounts.actions import save_tasks, void_task
from accounts.forms.task import TaskForm
from accounts.models import Task
from accounts.views.changing import save_form, wait_for_turn
from accounts.views.contact import account_in_address
from accounts.views.voiding import reason_given
from workspaces import roles
from workspaces.batch import one
from workspaces.forms.meanwhile import seen
from workspaces.ways_back import way_back


@require_http_methods(["GET", "POST"])
def task_new(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    return _form_page(request, None)


@require_http_methods(["GET", "POST"])
def task_edit(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    wait_for_turn(request, "task")
    return _form_page(request, _task_or_404(request.workspace, pk))


def _form_page(request, task: Task | None):
    account = task.account if task else account_in_address(request)
    form = TaskForm(
        request.POST if request.method == "POST" else None,
        account=account,
        workspace=request.workspace,
        suggest_url=reverse("accounts:account_suggestions", args=[request.workspace.slug]),
        initial=TaskForm.initial_of(task) if task else {"assignee": request.member.user.email},
    )
    if request.method == "POST":
        result = save_form(request, form, save_tasks, noun="task", fact=task)
        if result is not None:
            if account is not None:
                return redirect("accounts:account_page", request.workspace.slug, account.pk)
            return redirect("accounts:task_list", request.workspace.slug)
    return render(
        request,
        "accounts/task_form.html",
        {"form": form, "task": task, "account": account, "seen": seen(form) if task else ""},
        status=422 if form.is_refused else 200,
    )


@require_POST
def task_done(request, slug, pk):
    return _tick(request, pk, timezone.now())


@require_POST
def task_reopen(request, slug, pk):
    return _tick(request, pk, None)


def _tick(request, pk, done_at):
    """Mark a task as done, or open again, and go back to where it was ticked."""
    request.actor.require(roles.EDIT_FACTS)
    task = _task_or_404(request.workspace, pk)
    if task.is_done != (done_at is not None):
        row = {"id": str(task.pk), "done_at": done_at}
        one(save_tasks(workspace=request.workspace, rows=[row], by=request.actor, mode="update"))
        said = _("Done: %(task)s") if done_at else _("Open again: %(task)s")
        messages.success(request, said % {"task": task})
    return redirect(way_back(request.POST, "back", reverse("accounts:task_list", args=[request.workspace.slug])))


@require_POST
def task_void(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    task = _task_or_404(request.workspace, pk)
    reason = reason_given(request)
    if not reason:
        return redirect("accounts:task_edit", slug, pk)
    void_task(workspace=request.workspace, pk=task.pk, reason=reason, by=request.actor)
    messages.success(request, _("%(name)s was voided.") % {"name": task})
    return redirect("accounts:task_list", slug)


def _task_or_404(workspace, pk) -> Task:
    return get_object_or_404(queries.standing_tasks(workspace), pk=pk)
