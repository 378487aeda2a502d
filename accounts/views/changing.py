"""Saving a whole form of a fact, a new one or one that others may have changed while the form was open."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions.upsert import take_turn
from accounts.forms.meanwhile import bring_together
from accounts.forms.rows import RowForm, write
from workspaces.batch import RowResult


def wait_for_turn(request, noun: str) -> None:
    """Before a fact is read that is then written: from here on nobody else changes facts of this kind."""
    if request.method == "POST":
        take_turn(request.workspace, noun)


def save_form(
    request, form: RowForm, save: Callable[..., list[RowResult]], *, noun: str, fact: Any
) -> RowResult | None:
    """Write a form that was sent, and say so; None when it was refused, which it then says itself. fact: what it changes,
    read after `wait_for_turn`, None for a new one.
    """

    def last_by() -> str:
        latest = queries.activity_of(noun, fact).select_related("user").first()
        return str(latest.user or latest.actor) if latest is not None else ""

    if fact is not None:
        bring_together(form, last_by=last_by)
    known = {"workspace": request.workspace, "by": request.actor, "pk": fact and fact.pk}
    result = write(form, save, match_names=True, **known)
    if result is not None:
        said = _("Saved. What others changed meanwhile stays: %(fields)s.") if form.taken_over else _("Saved.")
        messages.success(request, said % {"fields": ", ".join(form.taken_over)})
    return result
