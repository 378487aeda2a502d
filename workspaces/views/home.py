"""Where a signed-in person starts."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from workspaces.queries import owner_of_some, workspaces_of


@never_cache
@login_required
def home(request):
    """The only workspace, or a choice of them; a person who is in none is told whom to ask."""
    mine = workspaces_of(request.user)
    if len(mine) == 1 and "choose" not in request.GET:
        return redirect("metrics:overview", mine[0].slug)
    context = {"choice": mine, "may_open": owner_of_some(request.user) is not None}
    return render(request, "workspaces/home.html", context)
