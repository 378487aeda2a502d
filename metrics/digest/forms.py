from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from jobs.webhooks.robots import Vendor
from metrics.models import DigestSubscription
from workspaces.batch import Errors


class WhenForm(forms.Form):
    """Day and hour of a digest, in the workspace's time zone."""

    weekday = forms.TypedChoiceField(
        label=_("Day"), coerce=int, choices=list(WEEKDAYS.items()), initial=DigestSubscription.FIRST_DAY
    )
    hour = forms.TypedChoiceField(
        label=_("Hour"),
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        initial=DigestSubscription.FIRST_HOUR,
        help_text=_("The digest follows once the day before is closed, a little after this hour if need be."),
    )


class OwnDigestForm(WhenForm):
    is_on = forms.BooleanField(label=_("Send me the weekly digest by mail"), required=False)
    field_order = ("is_on", "weekday", "hour")


class RobotForm(WhenForm):
    """A group robot. Whether its address is allowed is for the action to say."""

    vendor = forms.ChoiceField(label=_("Chat"), choices=Vendor.choices)
    description = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Which group it is, so that you know it later."),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_("The whole webhook address from the robot's settings. Who knows it can write to the group."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=200,
        required=False,
        help_text=_(
            "Of DingTalk (加签) and Feishu (签名校验), where the robot asks for signatures. WeCom has none. A robot that "
            "asks for a keyword instead takes messages with “B2BOps” or “MRR” in them."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    is_unsigned = forms.BooleanField(label=_("Forget the secret: messages are not signed any more"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = ("vendor", "description", "url", "secret", "is_unsigned", "weekday", "hour", "language")

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["is_unsigned"]
        else:
            self.fields["url"].required = False
            self.fields["url"].help_text = _("Left empty, it stays as it is. It is not shown, as it opens the group.")
            self.fields["secret"].help_text = _("Left empty, it stays as it is, unless the address is another one.")

    def take_errors(self, errors: Errors) -> None:
        """Put an action's refusals beside the fields; those of no field of this form stand above it."""
        for path, messages in errors.items():
            self.add_error(path if path in self.fields else None, messages)
