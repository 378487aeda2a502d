"""Editing what was picked from a list, and taking the last such edit back."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.actions.bulk_edits import Editable, Edited, edit_many, keep_undo, kept_undo, take_back
from workspaces import formats, roles
from workspaces.ids import is_uuid
from workspaces.kept_lists import KeptList
from workspaces.list_files import DOWNLOAD, ListFile, file_of
from workspaces.list_totals import COUNT_UP_TO
from workspaces.list_views import ListViews
from workspaces.lists import SAVED, ShownList
from workspaces.ways_back import way_back

MOST_NAMED = 3
# Which edit the session can take back; a next one takes its place.
UNDO, UNDO_FOR = "undo_edit", dt.timedelta(hours=1)
# The boxes that are ticked.
PICKED = "picked"


@dataclass(frozen=True)
class Words:
    """What is said, lazily: all but the first with %(count)s, of so many by ngettext_lazy with `n` as their number. done: by
    edit, instead of `changed`.
    """

    pick_first: Any
    too_many: Any
    changed: Any
    as_before: Any
    done: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BulkEdits:
    """The edits of one list. shown(request, views, params) → the list that `params` ask for; file(workspace) → what its rows
    are taken along as. typed: by edit, the field in which its value is typed. url, undo_url, list_url: names.
    """

    editable: Editable
    kept: KeptList
    shown: Callable[[Any, ListViews, Mapping[str, str]], ShownList]
    file: Callable[[Any], ListFile]
    words: Words
    url: str
    undo_url: str
    list_url: str
    typed: Mapping[str, str] = field(default_factory=dict)

    @method_decorator(require_POST)
    def edit(self, request, slug):
        """A button's name is the edit, its value what comes of it; one called `edit` has a value that is typed, or none.
        `download` takes the rows along as a file of that format.
        """
        request.actor.require(roles.EDIT_FACTS)
        pks = self._picked(request)
        if pks is None:
            messages.warning(request, _("The list is not what it was. Nothing was changed; pick again."))
        elif len(pks) > COUNT_UP_TO:
            messages.warning(request, self.words.too_many % {"count": formats.number(COUNT_UP_TO)})
        elif not pks:
            messages.warning(request, self.words.pick_first)
        elif DOWNLOAD in request.POST:
            return self._file(request, pks)
        else:
            self._edit(request, pks)
        return self._back(request)

    def _edit(self, request, pks: list[str]) -> None:
        edit, text = self._asked(request.POST)
        try:
            with transaction.atomic():
                edited = edit_many(
                    self.editable, workspace=request.workspace, pks=pks, edit=edit, text=text, by=request.actor
                )
                token = self._keep(request, edited)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            self._tell(request, edited, edit, token)

    @method_decorator(require_POST)
    def undo(self, request, slug):
        request.actor.require(roles.EDIT_FACTS)
        kept = request.session.get(UNDO)
        token = request.POST.get("token")
        is_asked = kept and (kept["workspace"], kept["token"]) == (str(request.workspace.pk), token)
        rows = is_asked and kept_undo(self.editable, workspace=request.workspace, pk=token, at=timezone.now())
        if not rows:
            messages.warning(request, _("This can no longer be taken back."))
            return self._back(request)
        del request.session[UNDO]
        edited = take_back(self.editable, workspace=request.workspace, undo=rows, by=request.actor)
        said = _of_so_many(self.words.as_before, edited.changed)
        left = len(rows) - edited.changed
        if left:
            text = ngettext("%(count)s was changed since and stays.", "%(count)s were changed since and stay.", left)
            said = f"{said} {text % {'count': formats.number(left)}}"
        messages.success(request, said)
        return self._back(request)

    def _asked(self, post) -> tuple[str, str]:
        """(edit, text of its value) of the button that was pressed."""
        edit = post.get("edit", "")
        if edit in self.editable.edits:
            return edit, post.get(self.typed.get(edit, ""), "")
        for edit in self.editable.edits:
            if edit in post:
                return edit, post[edit]
        raise Http404

    def _picked(self, request) -> list[str] | None:
        """What is ticked; with `all`, what the list matches whose state came along, one more than may be edited at once
        where they are too many. None where a filter of that state is no more: lists pass such over, and everything would
        be edited instead of some.
        """
        if request.POST.get("all") != "1":
            return request.POST.getlist(PICKED)[:COUNT_UP_TO]
        state = QueryDict(request.POST.get("state", ""))
        shown = self.shown(request, ListViews(request, self.kept), state)
        if shown.refused or _narrows(shown.params) != _narrows(state.dict()):
            return None
        return [str(pk) for pk in shown.queryset.order_by().values_list("pk", flat=True)[: COUNT_UP_TO + 1]]

    def _file(self, request, pks: list[str]):
        """What is picked, in the list's order; the page stays as it is."""
        shown = self.shown(request, ListViews(request, self.kept), QueryDict(request.POST.get("state", "")))
        rows = self.editable.standing(request.workspace).filter(pk__any_of=[pk for pk in pks if is_uuid(pk)])
        return file_of(request, shown, rows, self.file(request.workspace), request.POST[DOWNLOAD])

    def _keep(self, request, edited: Edited) -> str:
        if not edited.undo:
            return ""
        until = timezone.now() + UNDO_FOR
        return keep_undo(self.editable, workspace=request.workspace, undo=edited.undo, until=until)

    def _tell(self, request, edited: Edited, edit: str, token: str) -> None:
        if edited.refused:
            names = ", ".join(name for name, _why in edited.refused[:MOST_NAMED])
            more = "…" if len(edited.refused) > MOST_NAMED else ""
            why = " ".join(dict.fromkeys(text for _name, texts in edited.refused for text in texts))
            messages.error(request, _("Not changed: %(names)s. %(why)s") % {"names": f"{names}{more}", "why": why})
        if edited.changed:
            request.session[UNDO] = {"workspace": str(request.workspace.pk), "token": token}
            # The toast makes a button of it (templates/base.html).
            undo = f"{reverse(self.undo_url, args=[request.workspace.slug])} {token}"
            said = _of_so_many(self.words.done.get(edit, self.words.changed), edited.changed)
            messages.success(request, said, extra_tags=undo)
        elif not edited.refused:
            messages.info(request, _("They were so already."))

    def _back(self, request):
        return redirect(way_back(request.POST, "back", reverse(self.list_url, args=[request.workspace.slug])))


def _of_so_many(words: Any, count: int) -> str:
    return words % {"n": count, "count": formats.number(count)}


def _narrows(params: Mapping[str, str]) -> dict[str, str]:
    """What of a list's state says which rows it has; which kept view it is does not."""
    return {key: value for key, value in params.items() if value and key != SAVED}
