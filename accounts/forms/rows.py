"""Forms whose rows go to a batch action: they shape what was typed, the action decides, its refusals stand beside the
fields.
"""

from collections.abc import Callable, Mapping
from typing import Any

from workspaces.actor import Actor
from workspaces.batch import Errors, RowResult
from workspaces.forms.meanwhile import SeenForm


class RowForm(SeenForm):
    """A form of one fact. Field names are the API's, so that errors find their fields."""

    # Error path → field of the form, where they differ.
    error_fields: Mapping[str, str] = {}

    def row(self) -> dict[str, Any]:
        """What was typed as a row for the action, empty as None; fields that could not be read are left out."""
        return {name: None if value == "" else value for name, value in self.cleaned_data.items()}

    @property
    def is_refused(self) -> bool:
        return bool(self.errors)

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
