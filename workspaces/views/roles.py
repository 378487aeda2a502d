"""What each role may do, generated from the roles themselves."""

from django.db.models import Count
from django.shortcuts import render
from django.views.decorators.http import require_safe

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
    context = {"heads": heads, "keys": keys, "rows": rows, "trail": settings_trail(request)}
    return render(request, "workspaces/roles.html", context)
