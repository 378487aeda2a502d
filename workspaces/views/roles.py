"""What each role may do, generated from the roles themselves."""

from django.db.models import Count
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from workspaces.list_files import Column, ListFile, page_file, page_links
from workspaces.permission_words import WORDS, all_permissions
from workspaces.queries import active_members
from workspaces.roles import ROLES, SCOPE_CHOICES, SCOPES
from workspaces.settings_pages import settings_trail


@require_safe
def roles(request, slug):
    """Permissions by role, and by the scope of an API key; with how many members have each role."""
    people = active_members(request.workspace).order_by().values("role").annotate(count=Count("pk"))
    counts = dict(people.values_list("role", "count"))
    heads = [
        {"label": role.label, "count": counts.get(key, 0), "is_mine": key == request.member.role}
        for key, role in reversed(ROLES.items())
    ]
    keys = [{"label": label} for _scope, label in SCOPE_CHOICES]
    rows = [
        {
            "label": WORDS.get(permission, (permission, ""))[0],
            "help": WORDS.get(permission, (permission, ""))[1],
            "roles": [permission in role.permissions for _key, role in reversed(ROLES.items())],
            "keys": [permission in SCOPES[scope] for scope, _label in SCOPE_CHOICES],
        }
        for permission in all_permissions()
    ]
    columns = [head["label"] for head in heads] + [f"{_('API key')}: {key['label']}" for key in keys]
    file = page_file(request, _file(columns), lambda: rows)
    if file is not None:
        return file
    context = {
        "heads": heads,
        "keys": keys,
        "rows": rows,
        "files": page_links(request),
        "trail": settings_trail(request),
    }
    return render(request, "workspaces/roles.html", context)


def _file(heads: list) -> ListFile:
    """Permissions, and whether each role and scope has them."""

    def has(place: int):
        return lambda row: [*row["roles"], *row["keys"]][place]

    return ListFile(
        gettext_lazy("Roles"),
        (
            Column(gettext_lazy("May"), lambda row: row["label"]),
            *(Column(head, has(place)) for place, head in enumerate(heads)),
        ),
    )
