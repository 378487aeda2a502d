"""Two people with the same form: what somebody else changed while it was open, told by what the form showed.

A form of something that is there sends along a mark of the text that each field showed (`seen`). What shows something else
by now was changed meanwhile. Fields that nobody touched here take it over; where both changed one, or where the form's
fields stand together, nothing is written, the form says what stands there now, and saving once more replaces it knowingly.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

SEEN = "seen"
# Of what is quoted in a message.
LONGEST = 120


class SeenForm(forms.Form):
    """A form of something that others may change while it is open: it knows what it shows and what was sent."""

    # Whether what others change meanwhile is looked at first, whichever field it is.
    stands_together = False
    # What others changed meanwhile and was taken over, by its labels.
    taken_over: Sequence[str] = ()

    def shown(self) -> dict[str, str]:
        """What each field shows before anything is typed."""
        return {name: as_text(self._initial(name)) for name in self.fields}

    def typed(self) -> dict[str, str]:
        """What was sent for each field, in the words of `shown`."""
        return {name: as_text(self[name].data) for name in self.fields}

    def take_over(self, name: str) -> None:
        """Let a bound form go on as if what is shown had been sent."""
        value, key = self._initial(name), self.add_prefix(name)
        data = cast(QueryDict, self.data).copy()
        data.pop(key, None)
        if isinstance(value, list):
            data.setlist(key, [str(one) for one in value])
        elif value is not None and value is not False:  # a zero is shown
            data[key] = "on" if value is True else str(value)
        self.data = data

    def label_of(self, name: str) -> str:
        return str(self.fields[name].label)

    def said(self, name: str) -> str:
        """What is shown, in words."""
        value = self._initial(name)
        choices = {str(key): str(label) for key, label in getattr(self.fields[name], "choices", ())}
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(value, list):
            return ", ".join(choices.get(str(one), str(one)) for one in value)
        return "" if value in (None, "") else choices.get(str(value), str(value))

    def _initial(self, name: str) -> Any:
        return self.fields[name].prepare_value(self[name].initial)


def seen(form: SeenForm) -> str:
    """What the form shows before anything is typed, as its hidden field carries it."""
    return json.dumps({name: _mark(text) for name, text in form.shown().items()}, separators=(",", ":"))


def bring_together(form: SeenForm, *, last_by: Callable[[], str]) -> None:
    """Let a bound form of a fact as it is now take over what only others changed (`form.taken_over`: the labels), and refuse
    it, saying what they changed, where that is not enough. last_by() → who did.
    """
    marks = _read(form.data.get(SEEN, ""))
    shown, typed = form.shown(), form.typed()
    changed = [
        name for name, text in shown.items() if marks.get(name, _mark(text)) != _mark(text) and typed[name] != text
    ]
    touched = [name for name in changed if _mark(typed[name]) != marks[name]]
    form.taken_over = [form.label_of(name) for name in changed if name not in touched]
    for name in changed:
        if name not in touched:
            form.take_over(name)
    if not touched and not (changed and form.stands_together):
        return
    who = last_by() or _("Somebody")
    form.add_error(
        None,
        _("%(who)s changed this while the form was open. Nothing is saved yet: look, and save again.") % {"who": who},
    )
    for name in changed:
        told = {"field": form.label_of(name), "value": _quoted(form.said(name))}
        if name not in touched:
            text = _("Changed meanwhile; this is how it stands now.")
        elif told["value"]:
            text = _("Changed meanwhile; it says %(value)s. Save again to replace it.") % told
        else:
            text = _("Emptied meanwhile. Save again to fill it.")
        if name in form.fields:
            form.add_error(name, text)
        else:
            form.add_error(None, f"{told['field']}: {text}")


def saved_in_words(form: SeenForm) -> str:
    """What is said of a form that was saved."""
    said = _("Saved. What others changed meanwhile stays: %(fields)s.") if form.taken_over else _("Saved.")
    return said % {"fields": ", ".join(form.taken_over)}


def as_text(value: Any) -> str:
    """A value of a form's field, the same however it was sent."""
    if isinstance(value, list | tuple):
        return "\n".join(sorted(str(one) for one in value))
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}”" if text else ""


def _mark(text: str) -> str:
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def _read(text: str) -> Mapping[str, Any]:
    """{} for what no form of ours sent: then nothing counts as changed."""
    try:
        marks = json.loads(text)
    except ValueError:
        return {}
    return marks if isinstance(marks, dict) else {}
