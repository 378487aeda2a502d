"""Where a signed-in person starts."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render

from workspaces.queries import workspaces_of


@login_required
def home(request):
    """The only workspace, or a choice of them."""
    mine = workspaces_of(request.user)
    if len(mine) == 1:
        return redirect("metrics:overview", mine[0].slug)
    return render(request, "workspaces/home.html", {"workspaces": mine})
