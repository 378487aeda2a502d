"""Keys for machines."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from workspaces import roles
from workspaces.actions.api_keys import create_api_key, revoke_api_key
from workspaces.forms.api_keys import ApiKeyForm
from workspaces.list_files import Column, ListFile, local, page_file, page_links
from workspaces.models import ApiKey
from workspaces.settings_pages import settings_trail

KEYS = ListFile(
    gettext_lazy("API keys"),
    (
        Column(gettext_lazy("Name"), lambda key: key.name),
        Column(gettext_lazy("Begins with"), lambda key: key.prefix),
        Column(gettext_lazy("May"), lambda key: key.get_scope_display()),
        Column(gettext_lazy("Made by"), lambda key: key.created_by and str(key.created_by)),
        Column(gettext_lazy("Made at"), lambda key: local(key.created_at)),
        Column(gettext_lazy("Last used"), lambda key: local(key.last_used_at)),
        Column(gettext_lazy("Expires"), lambda key: local(key.expires_at)),
        Column(gettext_lazy("Revoked"), lambda key: local(key.revoked_at)),
    ),
)


def api_keys(request, slug):
    request.actor.require(roles.MANAGE_KEYS)
    keys = ApiKey.objects.select_related("created_by").filter(workspace=request.workspace).order_by("-created_at")
    file = page_file(request, KEYS, lambda: keys)
    if file is not None:
        return file
    now = timezone.now()
    context = {
        "open_keys": [key for key in keys if key.is_open_at(now)],
        "shut_keys": [key for key in keys if not key.is_open_at(now)],
        "files": page_links(request, has_rows=bool(keys)),
        "trail": settings_trail(request),
    }
    return render(request, "workspaces/api_keys.html", context)


def api_key_new(request, slug):
    """Make a key; it is shown in the answer and never again."""
    request.actor.require(roles.MANAGE_KEYS)
    today = request.workspace.local_day(timezone.now())
    form = ApiKeyForm(request.POST or None, today=today)
    context = {"form": form, "trail": settings_trail(request, "api_keys", _("API keys"))}
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["expires_on"]
        # Good to the end of the day that was chosen, in the workspace's own time.
        expires_at = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), request.workspace.zone) if day else None
        try:
            key, secret = create_api_key(
                workspace=request.workspace,
                name=form.cleaned_data["name"],
                scope=form.cleaned_data["scope"],
                expires_at=expires_at,
                by=request.actor,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            context |= {"key": key, "secret": secret}
    return render(request, "workspaces/api_key_new.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request, slug, pk):
    request.actor.require(roles.MANAGE_KEYS)
    try:
        key = revoke_api_key(workspace=request.workspace, pk=pk, by=request.actor)
    except ApiKey.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The key %(name)s does not work any more.") % {"name": key.name})
    return redirect("workspaces:api_keys", slug)
