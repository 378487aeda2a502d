from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jobs.models import Webhook
from jobs.webhooks.events import EVENT_TYPES, GROUPS
from workspaces.batch import Errors

GROUP_LABELS = {
    "account": _("Accounts"),
    "contract": _("Contracts"),
    "movement": _("Movements"),
    "closing": _("Closings"),
}
EVERYTHING = ("*", _("All events, also kinds that are still to come"))


def groups_of_events() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Everything of a group and each of its types, under the group's name."""
    return [
        (
            GROUP_LABELS[group],
            [(f"{group}.*", _("All of these"))]
            + [(name, name) for name in EVENT_TYPES if name.startswith(f"{group}.")],
        )
        for group in GROUPS
    ]


class WebhookForm(forms.Form):
    """What a person enters of a webhook. Whether the address is allowed is for the action to say."""

    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_("Where your system takes POST requests, for example https://hooks.example.com/b2bops"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=200,
        required=False,
        help_text=_("Which system it is, so that you know it later."),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[EVERYTHING, *groups_of_events()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )

    @staticmethod
    def initial_of(hook: Webhook) -> dict[str, Any]:
        return {"url": hook.url, "description": hook.description, "events": hook.events}

    def take_errors(self, errors: Errors) -> None:
        """Put an action's refusals beside the fields; those of no field of this form stand above it."""
        for path, messages in errors.items():
            name = path.partition(".")[0]
            self.add_error(name if name in self.fields else None, messages)

    def event_groups(self) -> list[dict]:
        """The boxes as the template lays them out, group by group: label (None for the one of all events), boxes."""
        chosen = {str(value) for value in self["events"].value() or []}
        return [
            {"label": label, "boxes": [_box(value, text, value in chosen) for value, text in boxes]}
            for label, boxes in [(None, [EVERYTHING]), *groups_of_events()]
        ]


def _box(value: str, label: Any, is_checked: bool) -> dict:
    return {
        "value": value,
        "label": label,
        "help": EVENT_TYPES.get(value, ""),
        "is_checked": is_checked,
        "id": f"event-{value.replace('.', '-').replace('*', 'all')}",
    }


class ReplayForm(forms.Form):
    since = forms.DateTimeField(
        label=_("Since"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
