"""The pages under a workspace's settings: beside each of them, in the palette, and as the way back to them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from workspaces import roles


@dataclass(frozen=True)
class SettingsPage:
    """A link to a page of settings. `belong` names pages at other addresses that are parts of it."""

    url_name: str
    label: Any
    permission: str = roles.VIEW
    belong: tuple[str, ...] = ()

    def address(self, slug: str) -> str:
        """Pages of apps above this one are known by their URL name, which says the app."""
        return reverse(self.url_name, args=[slug])


GROUPS: list[tuple[Any, list[SettingsPage]]] = [
    (
        gettext_lazy("Workspace"),
        [
            SettingsPage("workspaces:settings", pgettext_lazy("settings", "General"), belong=("demo_data",)),
            SettingsPage("workspaces:members", gettext_lazy("Members"), belong=("workspaces:invitation_new",)),
            SettingsPage("workspaces:teams", gettext_lazy("Teams")),
            SettingsPage("workspaces:roles", gettext_lazy("Roles")),
        ],
    ),
    (
        pgettext_lazy("settings", "Figures"),
        [
            SettingsPage("metrics:metric_settings", gettext_lazy("Metrics")),
            SettingsPage("metrics:goal_page", gettext_lazy("Goals")),
            SettingsPage("metrics:shared_link_list", gettext_lazy("Public links"), roles.EXPORT),
        ],
    ),
    (
        gettext_lazy("Data"),
        [
            SettingsPage("accounts:custom_fields", gettext_lazy("Custom fields")),
            SettingsPage("data:data", gettext_lazy("Export and erase"), roles.EXPORT),
        ],
    ),
    (
        pgettext_lazy("settings", "Connections"),
        [
            SettingsPage("workspaces:api_keys", gettext_lazy("API keys"), roles.MANAGE_KEYS),
            SettingsPage("jobs:webhook_list", gettext_lazy("Webhooks"), roles.MANAGE_WEBHOOKS),
            SettingsPage("metrics:digest_settings", gettext_lazy("Weekly digest"), roles.MANAGE_WEBHOOKS),
        ],
    ),
    (
        pgettext_lazy("settings", "For me"),
        [
            SettingsPage("metrics:preferences", gettext_lazy("Preferences")),
            SettingsPage("workspaces:notification_choices", gettext_lazy("What I am told")),
        ],
    ),
]


def settings_pages(request) -> list[dict]:
    """{label, href} of every page of settings that the member may open, in the order they stand in."""
    slug = request.workspace.slug
    return [
        {"label": page.label, "href": page.address(slug)}
        for _title, pages in GROUPS
        for page in pages
        if request.actor.has_permission(page.permission)
    ]


def settings_groups(member, slug: str, path: str) -> list[dict]:
    """What stands beside a page of settings: [{title, pages: [{label, href, active}]}]; nothing beside other pages."""
    groups = [
        {
            "title": title,
            "pages": [
                {"label": page.label, "href": page.address(slug), "under": _under(page, slug), "active": False}
                for page in pages
                if member.has_permission(page.permission)
            ],
        }
        for title, pages in GROUPS
    ]
    # The address of the first page begins most others: the nearest one is the one shown.
    over = [
        (len(start), page)
        for group in groups
        for page in group["pages"]
        for start in page["under"]
        if path.startswith(start)
    ]
    if not over:
        return []
    max(over, key=lambda pair: pair[0])[1]["active"] = True
    return [group for group in groups if group["pages"]]


def page_at(slug: str, path: str) -> SettingsPage | None:
    """The page of settings that stands at exactly this address."""
    return next((page for _title, pages in GROUPS for page in pages if page.address(slug) == path), None)


def settings_trail(request, name: str = "", label: str = "") -> list[dict]:
    """The steps above a page under settings, for components/breadcrumb.html; a page of its own says its URL name."""
    slug = request.workspace.slug
    trail = [{"label": _("Settings"), "href": reverse("workspaces:settings", args=[slug])}]
    if name:
        full = name if ":" in name else f"workspaces:{name}"
        trail.append({"label": label, "href": reverse(full, args=[slug])})
    return trail


def _under(page: SettingsPage, slug: str) -> list[str]:
    return [page.address(slug), *(reverse(name, args=[slug]) for name in page.belong)]
