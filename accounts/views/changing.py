"""Saving a whole form of a fact, a new one or one that others may have changed while the form was open."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages

from accounts.forms.rows import RowForm, write
from workspaces.batch import RowResult
from workspaces.forms.meanwhile import bring_together, saved_in_words
from workspaces.queries import last_by
from workspaces.turns import take_turn


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
    if fact is not None:
        bring_together(form, last_by=lambda: last_by(noun, fact))
    known = {"workspace": request.workspace, "by": request.actor, "pk": fact and fact.pk}
    result = write(form, save, match_names=True, **known)
    if result is not None:
        messages.success(request, saved_in_words(form))
    return result
