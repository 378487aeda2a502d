from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CountField, LinesField
from accounts.forms.rows import RowForm
from accounts.models import Account
from workspaces.queries import active_members


class AccountForm(RowForm):
    name = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"autofocus": True}))
    short_name = forms.CharField(label=_("Short name"), required=False)
    legal_name = forms.CharField(label=_("Legal name"), required=False)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        required=False,
        help_text=_("18 characters with a check digit."),
    )
    former_names = LinesField(label=_("Former names"), required=False, help_text=_("One a line."))
    industry = forms.CharField(
        label=_("Industry"), required=False, widget=forms.TextInput(attrs={"list": "industries", "autocomplete": "off"})
    )
    region = forms.CharField(
        label=_("Region"), required=False, widget=forms.TextInput(attrs={"list": "regions", "autocomplete": "off"})
    )
    employees = CountField(label=_("Employees"), required=False)
    website = forms.CharField(label=_("Website"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    external_id = forms.CharField(
        label=_("External id"), required=False, help_text=_("How imports and integrations know this account.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, workspace, **kwargs):
        super().__init__(*args, **kwargs)
        members = {member.user.email: str(member) for member in active_members(workspace)}
        # An owner who has left stays the owner until somebody else is chosen.
        if present := self.initial.get("owner"):
            members.setdefault(present, present)
        self.fields["owner"].choices = [("", _("Nobody")), *members.items()]

    @staticmethod
    def initial_of(account: Account) -> dict:
        names = (
            "name", "short_name", "legal_name", "credit_code", "former_names", "industry", "region", "employees",
            "website", "external_id", "note",
        )  # fmt: skip
        return {name: getattr(account, name) for name in names} | {
            "owner": account.owner.user.email if account.owner else ""
        }
