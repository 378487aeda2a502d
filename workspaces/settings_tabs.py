"""The pages under a workspace's settings, as tabs and as the way back to them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from workspaces import roles


def settings_tabs(request, current: str) -> list[dict]:
    """Tabs for components/tabs.html that the member may open; `current` is the URL name of the page shown."""
    tabs = [
        ("settings", _("Workspace"), roles.VIEW),
        ("metrics:metric_settings", _("Metrics"), roles.VIEW),
        ("metrics:goal_page", _("Goals"), roles.VIEW),
        ("members", _("Members"), roles.VIEW),
        ("roles", _("Roles"), roles.VIEW),
        ("teams", _("Teams"), roles.VIEW),
        ("accounts:custom_fields", _("Custom fields"), roles.VIEW),
        ("metrics:shared_link_list", _("Public links"), roles.EXPORT),
        ("data:data", _("Data"), roles.EXPORT),
        ("api_keys", _("API keys"), roles.MANAGE_KEYS),
        ("jobs:webhook_list", _("Webhooks"), roles.MANAGE_WEBHOOKS),
        ("metrics:digest_settings", _("Weekly digest"), roles.MANAGE_WEBHOOKS),
    ]
    return [
        {
            "label": label,
            "href": reverse(_full(name), args=[request.workspace.slug]),
            "active": name == current,
        }
        for name, label, permission in tabs
        if request.actor.has_permission(permission)
    ]


def settings_trail(request, name: str, label: str) -> list[dict]:
    """The steps above a page under settings, for components/breadcrumb.html."""
    slug = request.workspace.slug
    return [
        {"label": _("Settings"), "href": reverse("workspaces:settings", args=[slug])},
        {"label": label, "href": reverse(_full(name), args=[slug])},
    ]


def _full(name: str) -> str:
    """Pages of apps above this one are known by their URL name, which says the app."""
    return name if ":" in name else f"workspaces:{name}"
