"""Editing one value where it is shown: its editor, saving, and taking that back."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import in_place
from accounts.actions.field_edits import ChangedMeanwhile, change_value, value_at
from accounts.forms.fields import LinesField
from accounts.forms.rows import RowForm
from accounts.in_place import Place, path_of

# How long an edit can be taken back. What takes it back is signed and stays with the reader, so that many edits, in several
# windows, can each be taken back; that the value is still the one that was set is checked when it is.
UNDO_SECONDS = 3600
SALT = "accounts.in_place"
LONGEST_SAID = 80


def _in_place(place: Place) -> Callable[..., HttpResponse]:
    @require_http_methods(["GET", "POST"])
    def field(request, slug, pk):
        request.actor.require(place.kind.permission)
        fact = _fact_or_404(place, request.workspace, pk)
        if not request.htmx:
            return redirect(place.edit_name, slug, pk)
        name = request.GET.get("field", "")
        try:
            form = place.field_form(request.workspace, fact, name, request.POST if request.method == "POST" else None)
        except LookupError:
            raise Http404 from None
        if request.method == "GET":
            return _editor(request, place, fact, form, seen=value_at(place.kind, fact, path_of(name)))
        if "token" in request.POST:
            return _take_back(request, place, fact, name)
        return _save(request, place, fact, form)

    return field


account_field = _in_place(in_place.ACCOUNT)
contact_field = _in_place(in_place.CONTACT)
contract_field = _in_place(in_place.CONTRACT)
task_field = _in_place(in_place.TASK)
product_field = _in_place(in_place.PRODUCT)


def _fact_or_404(place: Place, workspace, pk) -> Any:
    fact = place.kind.facts(workspace).filter(pk=pk).first()
    if fact is None:
        raise Http404
    return fact


def _editor(request, place: Place, fact, form: RowForm, *, seen: Any, status: int = 200) -> HttpResponse:
    """seen: the value that stood there when the editor was opened, by which the next save knows whether it still does."""
    name = next(iter(form.fields))
    context = {
        "form": form,
        "field": form[name],
        "path": request.get_full_path(),
        "seen": json.dumps(seen),
        "suggestions": in_place.suggestions(request.workspace, name),
        "workspace": request.workspace,
    }
    return render(request, "lists/editor.html", context, status=status)


def _save(request, place: Place, fact, form: RowForm) -> HttpResponse:
    name = next(iter(form.fields))
    path = path_of(name)
    seen = _read(request.POST.get("seen", ""))
    if not form.is_valid():
        return _editor(request, place, fact, form, seen=seen, status=422)
    value = form.cleaned_data[name]
    try:
        result = change_value(
            place.kind,
            workspace=request.workspace,
            pk=fact.pk,
            path=path,
            value=None if value == "" else value,
            seen=seen,
            by=request.actor,
        )
    except ChangedMeanwhile:
        # The next answer carries what stands there now: saving again replaces it knowingly.
        fact = _fact_or_404(place, request.workspace, fact.pk)
        now = _said(request, place, fact, name)
        form.add_error(name, _("Somebody changed this meanwhile; it says %(value)s. Save again to replace it.") % now)
        return _editor(request, place, fact, form, seen=value_at(place.kind, fact, path), status=422)
    except ObjectDoesNotExist:
        raise Http404 from None
    if result.status == "error":
        form.take_errors(result.errors)
        return _editor(request, place, fact, form, seen=seen, status=422)
    fact = _fact_or_404(place, request.workspace, fact.pk)
    told = {"field": form.fields[name].label, "name": str(fact), **_said(request, place, fact, name)}
    if result.status == "unchanged":
        return _saved(request, place, fact, name)
    token = signing.dumps(
        {
            "by": str(request.actor.user_id),
            "pk": str(fact.pk),
            "path": path,
            "was": seen,
            "set": value_at(place.kind, fact, path),
            "on": request.workspace.local_day(timezone.now()).isoformat(),
        },
        salt=SALT,
        compress=True,
    )
    text = _("Changed %(field)s of %(name)s to %(value)s.") if told["value"] else _("Cleared %(field)s of %(name)s.")
    return _saved(request, place, fact, name, text=text % told, undo=f"{request.get_full_path()} {token}")


def _take_back(request, place: Place, fact, name: str) -> HttpResponse:
    try:
        edit = signing.loads(request.POST["token"], salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        edit = {}
    asked = (str(request.actor.user_id), str(fact.pk), path_of(name))
    if (edit.get("by"), edit.get("pk"), edit.get("path")) != asked:
        return _saved(request, place, fact, name, text=_("This can no longer be taken back."), level="warning")
    try:
        result = change_value(
            place.kind,
            workspace=request.workspace,
            pk=fact.pk,
            path=edit["path"],
            value=edit["was"],
            seen=edit["set"],
            by=request.actor,
            undone_on=dt.date.fromisoformat(edit["on"]),
        )
    except ChangedMeanwhile:
        text = _("Not taken back: it was changed since.")
        return _saved(request, place, fact, name, text=text, level="warning")
    except ObjectDoesNotExist:
        raise Http404 from None
    if result.status == "error":
        why = " ".join(message for messages in result.errors.values() for message in messages)
        return _saved(request, place, fact, name, text=_("Not taken back: %(why)s") % {"why": why}, level="warning")
    fact = _fact_or_404(place, request.workspace, fact.pk)
    label = place.field_form(request.workspace, fact, name).fields[name].label
    text = _("%(field)s of %(name)s is as it was.") % {"field": label, "name": str(fact)}
    return _saved(request, place, fact, name, text=text)


def _saved(request, place: Place, fact, name: str, *, text: str = "", level: str = "success", undo: str = ""):
    """What the page puts in place of the value that it shows, in a list's cell or among the properties of a page."""
    context = {
        "fields": request.path,
        "name": name,
        "cell": place.cell(fact, name, request.workspace, day=request.workspace.local_day(timezone.now())),
        "row": place.property_row(fact, name, request.workspace),
        "said": text,
        "level": level,
        "undo": undo,
    }
    return render(request, "lists/edited.html", context)


def _said(request, place: Place, fact, name: str) -> dict[str, str]:
    """The value in words, for a message."""
    bound = place.field_form(request.workspace, fact, name)[name]
    value = bound.value()
    choices = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
    if isinstance(bound.field, LinesField):
        text = ", ".join(str(value or "").splitlines())
    elif isinstance(value, list):
        text = ", ".join(choices.get(str(one), str(one)) for one in value)
    else:
        text = choices.get(str(value), str(value)) if value not in (None, "") else ""
    text = " ".join(text.split())
    if len(text) > LONGEST_SAID:
        text = f"{text[: LONGEST_SAID - 1]}…"
    return {"value": f"“{text}”" if text else ""}


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
