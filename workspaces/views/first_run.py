"""The first visit to an empty installation, and further workspaces."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from workspaces.actions.workspaces import create_first_workspace, create_workspace
from workspaces.first_owner import is_first_owner_token
from workspaces.forms.workspace import FirstOwnerForm, WorkspaceForm
from workspaces.queries import owner_of_some


@never_cache
@sensitive_post_parameters("password")
def first_owner(request, token):
    """Workspace and owner in one form; gone with the first user."""
    if not is_first_owner_token(token):
        raise Http404
    form = FirstOwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = {name: form.cleaned_data[name] for name in ("owner_name", "email", "password")}
        try:
            owner = create_first_workspace(**account, **form.workspace_values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if owner is None:
                raise Http404
            login(request, owner.user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("start", owner.workspace.slug)
    return render(request, "workspaces/first_owner.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
def workspace_new(request):
    """Another workspace, for somebody who is an owner already."""
    by = owner_of_some(request.user)
    if by is None:
        raise PermissionDenied
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            workspace = create_workspace(owner=request.user, by=by, **form.workspace_values())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("start", workspace.slug)
    return render(request, "workspaces/workspace_new.html", {"form": form}, status=422 if form.errors else 200)
