"""Forms whose rows go to a batch action: they shape what was typed, the action decides, its refusals stand beside the
fields.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from workspaces.actor import Actor
from workspaces.batch import Errors, RowResult


class RowForm(forms.Form):
    """A form of one fact. Field names are the API's, so that errors find their fields."""

    # Error path → field of the form, where they differ.
    error_fields: Mapping[str, str] = {}
    # Whether what others change meanwhile is looked at first, whichever field it is (`accounts.forms.meanwhile`).
    stands_together = False
    # What others changed meanwhile and was taken over, by its labels.
    taken_over: Sequence[str] = ()

    def row(self) -> dict[str, Any]:
        """What was typed as a row for the action, empty as None; fields that could not be read are left out."""
        return {name: None if value == "" else value for name, value in self.cleaned_data.items()}

    @property
    def is_refused(self) -> bool:
        return bool(self.errors)

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

    def take_errors(self, errors: Errors) -> None:
        """Put an action's refusals beside the fields; those of no field of this form stand above it."""
        for path, messages in errors.items():
            name = self.error_fields.get(path, path)
            if name not in self.fields:
                # An entry of a list (tags.0) stands in the list's own field.
                name = path.partition(".")[0]
            if name in self.fields:
                if name not in self.errors:
                    self.add_error(name, messages)
            else:
                self.add_error(None, messages)


def as_text(value: Any) -> str:
    """A value of a form's field, the same however it was sent."""
    if isinstance(value, list | tuple):
        return "\n".join(sorted(str(one) for one in value))
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def write(
    form: RowForm, save: Callable[..., list[RowResult]], *, workspace, by: Actor, pk: Any = None, **options: Any
) -> RowResult | None:
    """Write a bound form's row with the action `save`: a new one, or the one with key `pk`. None when it was refused;
    the form then says why. What could not be read is not written, but the rest is checked, so that all errors show.
    """
    unreadable = not form.is_valid()
    row = form.row()
    if pk is not None:
        row["id"] = str(pk)
    (result,) = save(
        workspace=workspace,
        rows=[row],
        by=by,
        mode="create" if pk is None else "update",
        dry_run=unreadable,
        **options,
    )
    if result.status == "error":
        form.take_errors(result.errors)
    return None if form.is_refused else result
