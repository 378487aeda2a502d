"""Forms about people: their role and team, teams themselves, invitations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from workspaces.forms.choices import offer_colleagues
from workspaces.forms.meanwhile import SeenForm
from workspaces.models import Team
from workspaces.roles import ROLE_CHOICES

ROLE_HELP = _(
    "Viewers read. Members also change accounts, contacts and contracts and import files. Managers also change products, "
    "rates and spend, close days and read the activity. Owners also manage people, keys and settings."
)


class MemberForm(SeenForm):
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, help_text=ROLE_HELP)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("No team")
    )

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(workspace=workspace).order_by("name")


class ChangedMemberForm(MemberForm):
    may_export = forms.BooleanField(
        label=_("May export"),
        required=False,
        help_text=_("Take lists and figures along as files. Viewers never may; every export stands in the activity."),
    )


class InvitationForm(MemberForm):
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        help_text=_("With an email only its owner can use the link; without one, whoever holds the link can."),
    )
    field_order = ["email", "role", "team"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {"role": "member"} | self.initial


class TeamForm(SeenForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    manager = forms.ModelChoiceField(
        label=_("Manager"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Begins with the figures of this team. Who else is in it is chosen on each member's own page."),
    )

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        offer_colleagues(self.fields["manager"], workspace)


class NewcomerForm(forms.Form):
    """Somebody invited who has no user yet."""

    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    name = forms.CharField(label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters; a few unusual words do best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewcomerByAppForm(forms.Form):
    """The same for somebody whom a work app vouches for: they need no password."""

    email = NewcomerForm.base_fields["email"]
    name = NewcomerForm.base_fields["name"]
