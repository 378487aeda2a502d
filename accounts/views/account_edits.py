"""Editing the accounts that were picked from the list, and taking the last such edit back."""

import secrets

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.actions.account_edits import (
    ADD_TAG,
    ARCHIVE,
    ASSIGN,
    REMOVE_TAG,
    RESTORE,
    Edited,
    edit_accounts,
    take_back,
)
from accounts.conditions import NOBODY
from workspaces import roles

MOST_ACCOUNTS = 500
MOST_NAMED = 3
# Where the session keeps what takes the last edit back; a next edit takes its place.
UNDO = "undo_accounts"


@require_POST
def account_edits(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    edit, value = _asked(request.POST)
    pks = request.POST.getlist("account")[:MOST_ACCOUNTS]
    if not pks:
        messages.warning(request, _("Pick accounts first."))
    elif edit in (ADD_TAG, REMOVE_TAG) and not value:
        messages.warning(request, _("Type a tag first."))
    else:
        try:
            edited = edit_accounts(workspace=request.workspace, pks=pks, edit=edit, value=value, by=request.actor)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            _tell(request, edited, edit)
    return _back(request, slug)


@require_POST
def account_edits_undo(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    kept = request.session.get(UNDO)
    if kept is None or kept["workspace"] != str(request.workspace.pk) or kept["token"] != request.POST.get("token"):
        messages.warning(request, _("This can no longer be taken back."))
        return _back(request, slug)
    del request.session[UNDO]
    edited = take_back(workspace=request.workspace, undo=kept["rows"], by=request.actor)
    said = ngettext("%(count)s account is as it was.", "%(count)s accounts are as they were.", edited.changed) % {
        "count": edited.changed
    }
    left = len(kept["rows"]) - edited.changed
    if left:
        text = ngettext("%(count)s was changed since and stays.", "%(count)s were changed since and stay.", left)
        said = f"{said} {text % {'count': left}}"
    messages.success(request, said)
    return _back(request, slug)


def _asked(post) -> tuple[str, str]:
    """(edit, value) of the button that was pressed."""
    if ASSIGN in post:
        return ASSIGN, "" if post[ASSIGN] == NOBODY else post[ASSIGN]
    if REMOVE_TAG in post:
        return REMOVE_TAG, post[REMOVE_TAG]
    edit = post.get("edit")
    if edit == ADD_TAG:
        return ADD_TAG, post.get("tag", "").replace("\x00", "").strip()
    if edit in (ARCHIVE, RESTORE):
        return edit, ""
    raise Http404


def _tell(request, edited: Edited, edit: str) -> None:
    if edited.refused:
        names = ", ".join(name for name, _why in edited.refused[:MOST_NAMED])
        more = "…" if len(edited.refused) > MOST_NAMED else ""
        why = " ".join(dict.fromkeys(text for _name, texts in edited.refused for text in texts))
        messages.error(request, _("Not changed: %(names)s. %(why)s") % {"names": f"{names}{more}", "why": why})
    if edited.changed:
        token = secrets.token_urlsafe(9)
        request.session[UNDO] = {"workspace": str(request.workspace.pk), "token": token, "rows": edited.undo}
        # The toast makes a button of it (templates/base.html).
        undo = f"{reverse('accounts:account_edits_undo', args=[request.workspace.slug])} {token}"
        messages.success(request, _said(edit, edited.changed), extra_tags=undo)
    elif not edited.refused:
        messages.info(request, _("They were so already."))


def _said(edit: str, count: int) -> str:
    texts = {
        ARCHIVE: ngettext("%(count)s account archived.", "%(count)s accounts archived.", count),
        RESTORE: ngettext("%(count)s account brought back.", "%(count)s accounts brought back.", count),
    }
    changed = ngettext("%(count)s account changed.", "%(count)s accounts changed.", count)
    return texts.get(edit, changed) % {"count": count}


def _back(request, slug):
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("accounts:account_list", slug)
