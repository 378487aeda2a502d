"""Where a signed-in person starts."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from workspaces.front_page import front_page_url
from workspaces.queries import owner_of_some, workspaces_of


@never_cache
@login_required
def home(request):
    """The only workspace, or a choice of them; a person who is in none is told whom to ask."""
    mine = workspaces_of(request.user)
    if len(mine) == 1 and "choose" not in request.GET:
        return redirect(front_page_url(mine[0].slug))
    choice = [
        {"name": one.name, "slug": one.slug, "is_demo": one.is_demo, "url": front_page_url(one.slug)} for one in mine
    ]
    context = {"choice": choice, "may_open": owner_of_some(request.user) is not None}
    return render(request, "workspaces/home.html", context)
