"""Files of accounts and interactions: added, downloaded, removed. A browser keeps what it downloads and never shows it."""

import mimetypes
import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from accounts import queries
from accounts.actions import add_attachments, void_attachment
from accounts.file_rules import read_some
from accounts.models import Account, Attachment, Interaction
from accounts.views.account import account_or_404
from accounts.views.voiding import reason_given
from workspaces import roles
from workspaces.batch import InvalidRow
from workspaces.ways_back import way_back

# What a browser only draws, plays or hands on; pages and drawings with scripts in them (HTML, SVG, XML) are not among it.
HARMLESS = re.compile(r"image/(?!svg)|audio/|video/|text/(plain|csv)$|application/(pdf|zip|msword|vnd\.)")
UNKNOWN = "application/octet-stream"


@require_POST
def account_files(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    account = account_or_404(request.workspace, pk)
    return _add(request, account, None, reverse("accounts:account_page", args=[slug, account.pk]))


@require_POST
def interaction_files(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    interaction = get_object_or_404(queries.standing_interactions(request.workspace), pk=pk)
    page = reverse("accounts:interaction_page", args=[slug, interaction.pk])
    return _add(request, interaction.account, interaction, page)


def _add(request, account: Account, interaction: Interaction | None, page: str):
    """Keep what was sent, and answer with the list of files; refusals stand beneath it."""
    uploads = read_some(request.FILES.getlist("files"))
    errors = [] if uploads else [_("Choose a file.")]
    if uploads:
        try:
            add_attachments(
                workspace=request.workspace, account=account, interaction=interaction, files=uploads, by=request.actor
            )
        except InvalidRow as refused:
            errors = refused.errors["files"]
    if not request.htmx and not errors:
        return redirect(page)
    files = queries.standing_attachments(request.workspace)
    shown = files.filter(interaction=interaction) if interaction is not None else files.filter(account=account)
    context = {
        "account": account,
        "files": list(shown[: queries.MOST_FILES]),
        "upload_url": request.path,
        "back": page,
        "may_edit": True,
        "errors": errors,
    }
    template = "accounts/files.html" if request.htmx else "accounts/files_page.html"
    answer = render(request, template, context, status=422 if errors else 200)
    return answer if errors else trigger_client_event(answer, "toast", {"text": _("Saved."), "level": "success"})


# The browsers inside some apps show what they were told to keep: then without scripts, and as if from elsewhere.
@csp_override({"default-src": [CSP.NONE], "sandbox": True})  # type: ignore[dict-item]  # True: a directive without values
@require_GET
def attachment_download(request, slug, pk):
    attachment = get_object_or_404(Attachment.objects.filter(workspace=request.workspace).standing(), pk=pk)
    kind = mimetypes.guess_type(attachment.name)[0] or ""
    answer = HttpResponse(bytes(attachment.content), content_type=kind if HARMLESS.match(kind) else UNKNOWN)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=attachment.name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
def attachment_remove(request, slug, pk):
    request.actor.require(roles.EDIT_FACTS)
    attachment = get_object_or_404(queries.standing_attachments(request.workspace), pk=pk)
    if reason := reason_given(request):
        void_attachment(workspace=request.workspace, pk=attachment.pk, reason=reason, by=request.actor)
        messages.success(request, _("%(name)s was removed.") % {"name": attachment})
    page = reverse("accounts:account_page", args=[slug, attachment.account_id])
    return redirect(way_back(request.POST, "back", page))
