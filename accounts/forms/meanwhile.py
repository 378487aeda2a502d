"""Two people with the same form: what somebody else changed while it was open, told by what the form showed.

A form of something that is there sends along a mark of the text that each field showed (`seen`). What shows something else
by now was changed meanwhile. Fields that nobody touched here take it over; where both changed one, or where the form's
fields stand together, nothing is written, the form says what stands there now, and saving once more replaces it knowingly.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.forms.rows import RowForm

SEEN = "seen"
# Of what is quoted in a message.
LONGEST = 120


def seen(form: RowForm) -> str:
    """What the form shows before anything is typed, as its hidden field carries it."""
    return json.dumps({name: _mark(text) for name, text in form.shown().items()}, separators=(",", ":"))


def bring_together(form: RowForm, *, last_by: Callable[[], str]) -> None:
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
