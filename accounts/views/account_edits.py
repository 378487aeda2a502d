"""Editing the accounts that were picked from the list, and taking the last such edit back."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import kept_lists
from accounts.actions.account_edits import (
    ADD_TAG,
    ARCHIVE,
    ASSIGN,
    REMOVE_TAG,
    RESTORE,
    Edited,
    edit_accounts,
    keep_undo,
    kept_undo,
    take_back,
)
from accounts.conditions import NOBODY
from accounts.views.account import shown_accounts
from workspaces import formats, roles
from workspaces.list_totals import COUNT_UP_TO
from workspaces.list_views import ListViews
from workspaces.ways_back import way_back

MOST_NAMED = 3
# Which edit the session can take back; a next one takes its place.
UNDO, UNDO_FOR = "undo_accounts", dt.timedelta(hours=1)


@require_POST
def account_edits(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    edit, value = _asked(request.POST)
    pks = _picked(request)
    if pks is None:
        messages.warning(request, _("The list is not what it was. Nothing was changed; pick again."))
    elif len(pks) > COUNT_UP_TO:
        text = _("More than %(count)s accounts match. Narrow the list first.")
        messages.warning(request, text % {"count": formats.number(COUNT_UP_TO)})
    elif not pks:
        messages.warning(request, _("Pick accounts first."))
    elif edit in (ADD_TAG, REMOVE_TAG) and not value:
        messages.warning(request, _("Type a tag first."))
    else:
        try:
            with transaction.atomic():
                edited = edit_accounts(workspace=request.workspace, pks=pks, edit=edit, value=value, by=request.actor)
                until = timezone.now() + UNDO_FOR
                token = keep_undo(workspace=request.workspace, undo=edited.undo, until=until) if edited.undo else ""
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            _tell(request, edited, edit, token)
    return _back(request, slug)


@require_POST
def account_edits_undo(request, slug):
    request.actor.require(roles.EDIT_FACTS)
    kept = request.session.get(UNDO)
    is_asked = kept and (kept["workspace"], kept["token"]) == (str(request.workspace.pk), request.POST.get("token"))
    rows = kept_undo(workspace=request.workspace, pk=kept["token"], at=timezone.now()) if kept and is_asked else None
    if rows is None:
        messages.warning(request, _("This can no longer be taken back."))
        return _back(request, slug)
    del request.session[UNDO]
    edited = take_back(workspace=request.workspace, undo=rows, by=request.actor)
    said = ngettext("%(count)s account is as it was.", "%(count)s accounts are as they were.", edited.changed) % {
        "count": edited.changed
    }
    left = len(rows) - edited.changed
    if left:
        text = ngettext("%(count)s was changed since and stays.", "%(count)s were changed since and stay.", left)
        said = f"{said} {text % {'count': left}}"
    messages.success(request, said)
    return _back(request, slug)


def _picked(request) -> list[str] | None:
    """The accounts whose boxes are ticked; with `all`, those that the list matches whose state came along, one more than
    may be edited at once where they are too many. None where a filter of that state is no more: lists pass such over, and
    all accounts would be edited instead of some.
    """
    if request.POST.get("all") != "1":
        return request.POST.getlist("account")[:COUNT_UP_TO]
    state = QueryDict(request.POST.get("state", ""))
    shown = shown_accounts(request, ListViews(request, kept_lists.ACCOUNTS), state)
    if shown.refused or {key: value for key, value in shown.params.items() if value} != state.dict():
        return None
    return [str(pk) for pk in shown.queryset.order_by().values_list("pk", flat=True)[: COUNT_UP_TO + 1]]


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


def _tell(request, edited: Edited, edit: str, token: str) -> None:
    if edited.refused:
        names = ", ".join(name for name, _why in edited.refused[:MOST_NAMED])
        more = "…" if len(edited.refused) > MOST_NAMED else ""
        why = " ".join(dict.fromkeys(text for _name, texts in edited.refused for text in texts))
        messages.error(request, _("Not changed: %(names)s. %(why)s") % {"names": f"{names}{more}", "why": why})
    if edited.changed:
        request.session[UNDO] = {"workspace": str(request.workspace.pk), "token": token}
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
    return redirect(way_back(request.POST, "back", reverse("accounts:account_list", args=[slug])))
