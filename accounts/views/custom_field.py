"""The workspace's own fields, under its settings: the list, adding, changing, ordering, archiving and restoring one."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries
from accounts.actions import archive_custom_field, restore_custom_field, save_custom_fields
from accounts.forms.custom_field import CustomFieldForm
from accounts.models import CustomField
from accounts.views.changing import save_form, wait_for_turn
from workspaces import roles
from workspaces.batch import Conflict
from workspaces.forms.meanwhile import seen
from workspaces.list_files import Column, ListFile, local, page_file, page_links
from workspaces.settings_pages import settings_trail

FILE = ListFile(
    gettext_lazy("Custom fields"),
    (
        Column(gettext_lazy("Name"), lambda field: field.name),
        Column(gettext_lazy("Kind"), lambda field: field.get_kind_display()),
        Column(gettext_lazy("Choices"), lambda field: "; ".join(field.choices)),
        Column(gettext_lazy("API name"), lambda field: field.key),
        Column(gettext_lazy("Archived"), lambda field: local(field.archived_at)),
    ),
)


@require_safe
def custom_fields(request, slug):
    fields, archived = queries.asked_fields(request.workspace), queries.archived_fields(request.workspace)
    file = page_file(request, FILE, lambda: [*fields, *archived])
    if file is not None:
        return file
    return render(
        request,
        "accounts/custom_fields.html",
        {
            "fields": fields,
            "archived": archived,
            "files": page_links(request, has_rows=bool(fields or archived)),
            "may_manage": request.actor.has_permission(roles.MANAGE_FIELDS),
            "trail": settings_trail(request),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def custom_field_new(request, slug):
    request.actor.require(roles.MANAGE_FIELDS)
    return _form_page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def custom_field_edit(request, slug, pk):
    request.actor.require(roles.MANAGE_FIELDS)
    wait_for_turn(request, "custom_field")
    return _form_page(request, _standing_or_404(request.workspace, pk))


def _form_page(request, field: CustomField | None):
    form = CustomFieldForm(
        request.POST if request.method == "POST" else None,
        field=field,
        initial=CustomFieldForm.initial_of(field) if field else {"kind": "text"},
    )
    if request.method == "POST" and save_form(request, form, save_custom_fields, noun="custom_field", fact=field):
        return redirect("accounts:custom_fields", request.workspace.slug)
    context = {
        "field": field,
        "form": form,
        "seen": seen(form) if field else "",
        "trail": settings_trail(request, "accounts:custom_fields", _("Custom fields")),
    }
    return render(request, "accounts/custom_field.html", context, status=422 if form.is_refused else 200)


@require_POST
def custom_field_move(request, slug, pk):
    """One place up or down (`to`) in the order in which fields are asked for."""
    request.actor.require(roles.MANAGE_FIELDS)
    field = _standing_or_404(request.workspace, pk)
    keys = [one.pk for one in queries.asked_fields(request.workspace)]
    place = keys.index(field.pk)
    other = place + (-1 if request.POST.get("to") == "up" else 1)
    if 0 <= other < len(keys):
        keys[place], keys[other] = keys[other], keys[place]
        rows = [{"id": str(key), "position": position} for position, key in enumerate(keys)]
        with transaction.atomic():
            save_custom_fields(workspace=request.workspace, rows=rows, by=request.actor, mode="update")
    return redirect("accounts:custom_fields", slug)


@require_POST
def custom_field_archive(request, slug, pk):
    request.actor.require(roles.MANAGE_FIELDS)
    field = _standing_or_404(request.workspace, pk)
    archive_custom_field(workspace=request.workspace, pk=field.pk, reason="", by=request.actor)
    messages.success(request, _("%(name)s was archived. Its values stay.") % {"name": field})
    return redirect("accounts:custom_fields", slug)


@require_POST
def custom_field_restore(request, slug, pk):
    request.actor.require(roles.MANAGE_FIELDS)
    field = get_object_or_404(CustomField, workspace=request.workspace, pk=pk, archived_at__isnull=False)
    try:
        restore_custom_field(workspace=request.workspace, pk=field.pk, by=request.actor)
    except Conflict as conflict:
        for message in conflict.errors["name"]:
            messages.error(request, message)
    else:
        messages.success(request, _("%(name)s is asked for again.") % {"name": field})
    return redirect("accounts:custom_fields", slug)


def _standing_or_404(workspace, pk) -> CustomField:
    return get_object_or_404(CustomField, workspace=workspace, pk=pk, archived_at__isnull=True)
