"""What every page's shell needs: where we are, where one can go, who is looking."""

from django.urls import NoReverseMatch, reverse

from b2bops.guide.steps import guide_of
from b2bops.navigation import GROUPS
from workspaces import roles
from workspaces.settings_about import about_page
from workspaces.settings_pages import page_at, settings_groups

# Pages of no entry, at addresses that would light the overview.
BESIDE = ("start/", "notifications/")
SETTINGS = "workspaces:settings"


def shell(request):
    """``workspace``, ``member``, ``theme`` and, inside a workspace, ``nav`` (groups of links), ``workspaces``,
    on pages of settings ``settings_groups`` and ``settings_about``, and, where it is wanted, ``guide`` (the checklist)."""
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
    nav = [links for group in GROUPS if (links := _links(group, context["member"], workspace.slug))]
    # The overview's address begins all others: of the entries that this page lies under, the nearest one is lit.
    # A page that belongs to another one, such as the naming of a list's view, says so by `lit_path`.
    path = getattr(request, "lit_path", request.path)
    is_beside = path.removeprefix(f"/w/{workspace.slug}/").startswith(BESIDE)
    over = [] if is_beside else [link for links in nav for link in links if path.startswith(link["url"])]
    if settings := settings_groups(context["member"], workspace.slug, path):
        home = reverse(SETTINGS, args=[workspace.slug])
        over = [link for links in nav for link in links if link["url"] == home]
        page = page_at(workspace.slug, path)
        context["settings_about"] = about_page(request, page.url_name) if page else None
    if over:
        max(over, key=lambda link: len(link["url"]))["active"] = True
    if workspace.is_guided and context["member"].has_permission(roles.MANAGE_WORKSPACE):
        context["guide"] = guide_of(workspace, context["member"])
    return context | {"nav": nav, "settings_groups": settings, "workspaces": request.workspaces}


def _links(group, member, slug: str) -> list[dict]:
    """The group's entries whose page exists and which the member may see."""
    links = []
    for entry in group:
        if not member.has_permission(entry.permission):
            continue
        try:
            url = reverse(entry.url_name, args=[slug])
        except NoReverseMatch:
            continue
        links.append({"label": entry.label, "url": url, "icon": entry.icon, "active": False})
    return links
