"""Views of lists: keeping one under a name, renaming, sharing, replacing and removing it, opening a list with it. Lists show
dialogs for all of it; the pages here are what stands behind them, and where a refused form comes back.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workspaces import roles
from workspaces.actions.saved_views import (
    change_view,
    is_own,
    keep_view,
    may_change,
    open_with_view,
    remove_view,
    replace_view,
)
from workspaces.forms.saved_view import SavedViewForm
from workspaces.kept_lists import KeptList, address, kept_list, read_state
from workspaces.models import SavedView
from workspaces.queries import visible_views


@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_new(request, slug):
    """Keeps the state of a list that stands in the address: `list` and `state`."""
    kept, state = kept_list(request.GET.get("list", "")), read_state(request.GET.get("state", ""))
    if kept is None or state is None:
        raise Http404
    if "is_shared" in request.POST:
        request.actor.require(roles.EDIT_FACTS)
    may_share = request.actor.has_permission(roles.EDIT_FACTS)
    form = SavedViewForm(request.POST if request.method == "POST" else None, may_share=may_share, is_new=True)
    if request.method == "POST" and form.is_valid():
        try:
            view = keep_view(
                workspace=request.workspace,
                kept=kept,
                name=form.cleaned_data["name"],
                state=state,
                is_shared=form.cleaned_data.get("is_shared", False),
                by=request.actor,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            if form.cleaned_data["is_default"]:
                open_with_view(workspace=request.workspace, pk=view.pk, is_default=True, by=request.actor)
            return _opened(request, view, _("Kept as the view %(name)s."))
    return _form_page(request, form, kept, None)


@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_edit(request, slug, pk):
    view, kept = _changeable_or_404(request, pk)
    form = SavedViewForm(
        request.POST if request.method == "POST" else None,
        may_share=is_own(view, request.actor) and request.actor.has_permission(roles.EDIT_FACTS),
        initial={"name": view.name, "is_shared": view.is_shared},
    )
    if request.method == "POST" and form.is_valid():
        try:
            view = change_view(
                workspace=request.workspace,
                pk=view.pk,
                name=form.cleaned_data["name"],
                is_shared=form.cleaned_data.get("is_shared", view.is_shared),
                by=request.actor,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _opened(request, view, _("Saved."))
    return _form_page(request, form, kept, view)


def _form_page(request, form: SavedViewForm, kept: KeptList, view: SavedView | None):
    path = request.lit_path = kept.path(request.workspace.slug)
    back = address(path, view.state, view.pk) if view else path
    context = {"form": form, "view": view, "list_label": kept.all_label, "back": back}
    return render(request, "workspaces/saved_view.html", context, status=422 if form.errors else 200)


@require_POST
def saved_view_replace(request, slug, pk):
    view, _kept = _changeable_or_404(request, pk)
    state = read_state(request.POST.get("state", ""))
    if state is None:
        raise Http404
    try:
        view = replace_view(workspace=request.workspace, pk=view.pk, state=state, by=request.actor)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        view.refresh_from_db()
        return _opened(request, view)
    return _opened(request, view, _("%(name)s shows this from now on."))


@require_POST
def saved_view_default(request, slug, pk):
    view, _kept = _view_or_404(request, pk)
    is_default = "is_default" in request.POST
    open_with_view(workspace=request.workspace, pk=view.pk, is_default=is_default, by=request.actor)
    said = _("The list opens with %(name)s from now on.") if is_default else _("The list opens with everything again.")
    return _opened(request, view, said)


@require_POST
def saved_view_remove(request, slug, pk):
    view, kept = _changeable_or_404(request, pk)
    remove_view(workspace=request.workspace, pk=view.pk, by=request.actor)
    messages.success(request, _("Deleted the view %(name)s.") % {"name": view})
    return redirect(kept.path(slug))


def _opened(request, view: SavedView, said: str = ""):
    """To the list, as the view shows it."""
    if said:
        messages.success(request, said % {"name": view})
    kept = kept_list(view.of_list)
    if kept is None:
        raise Http404
    return redirect(address(kept.path(request.workspace.slug), view.state, view.pk))


def _view_or_404(request, pk) -> tuple[SavedView, KeptList]:
    view = get_object_or_404(visible_views(request.workspace, request.actor.user_id), pk=pk)
    kept = kept_list(view.of_list)
    if kept is None:
        raise Http404
    return view, kept


def _changeable_or_404(request, pk) -> tuple[SavedView, KeptList]:
    view, kept = _view_or_404(request, pk)
    if not may_change(view, request.actor):
        request.actor.require(roles.EDIT_FACTS)
    return view, kept
