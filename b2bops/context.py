"""What every page's shell needs: where we are, where one can go, who is looking."""

from django.urls import NoReverseMatch, reverse

from b2bops.navigation import GROUPS
from workspaces.queries import workspaces_of


def shell(request):
    """``workspace``, ``member``, ``theme`` and, inside a workspace, ``nav`` (groups of links) and ``workspaces``."""
    workspace = getattr(request, "workspace", None)
    theme = request.COOKIES.get("theme", "")
    context = {
        "workspace": workspace,
        "member": getattr(request, "member", None),
        "theme": request.GET.get("theme", theme) if request.GET.get("theme") in {"light", "dark"} else theme,
        "nav": [],
        "workspaces": [],
    }
    if context["theme"] not in {"light", "dark"}:
        context["theme"] = ""
    if workspace is None or context["member"] is None or request.headers.get("HX-Request"):
        return context
    here = request.path
    nav = []
    for group in GROUPS:
        links = []
        for entry in group:
            if not context["member"].has_permission(entry.permission):
                continue
            try:
                url = reverse(entry.url_name, args=[workspace.slug])
            except NoReverseMatch:
                continue
            links.append({"label": entry.label, "url": url, "icon": entry.icon, "active": here.startswith(url)})
        if links:
            nav.append(links)
    return context | {"nav": nav, "workspaces": workspaces_of(request.user)}
