from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.custom_values import PREFIX, form_field, initial_values
from accounts.forms.fields import CountField, LinesField, TagsField
from accounts.forms.rows import RowForm
from accounts.models import Account, CustomField
from accounts.queries import asked_fields
from workspaces.queries import colleagues


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
    channel = forms.CharField(
        label=_("Channel of origin"),
        required=False,
        widget=forms.TextInput(attrs={"list": "channels", "autocomplete": "off"}),
    )
    tags = TagsField(label=_("Tags"), required=False, help_text=_("With a comma between them."))
    employees = CountField(label=_("Employees"), required=False)
    website = forms.CharField(label=_("Website"), required=False)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    parent = forms.CharField(
        label=_("Parent account"),
        required=False,
        widget=forms.TextInput(attrs={"list": "account-suggestions", "autocomplete": "off"}),
        help_text=_("Name or external id."),
    )
    external_id = forms.CharField(
        label=_("External id"), required=False, help_text=_("How imports and integrations know this account.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, workspace, account, suggest_url="", **kwargs):
        parent = account.parent if account is not None and suggest_url else None
        self.known_parent = parent if parent is not None and parent.voided_at is None else None
        self.custom_fields = asked_fields(workspace)
        kwargs["initial"] = initial = self._initial_of(account, self.custom_fields) if account is not None else {}
        super().__init__(*args, **kwargs)
        people = colleagues(workspace)
        members = {member.user.email: str(member) for member in people}
        # An owner who has left stays the owner until somebody else is chosen.
        if present := initial.get("owner"):
            members.setdefault(present, present)
        self.fields["owner"].choices = [("", _("Nobody")), *members.items()]
        ids = {str(member.pk): str(member) for member in people}
        for field in self.custom_fields:
            name = PREFIX + field.key
            self.fields[name] = form_field(field, members=ids, present=initial.get(name, ""))
        self.fields["parent"].widget.attrs |= {
            "hx-get": suggest_url,
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#account-suggestions",
        }
        if self.known_parent is not None:
            self.initial["parent"] = self.known_parent.name
        self.error_fields = {"parent_id": "parent"} | {
            f"custom.{field.key}": PREFIX + field.key for field in self.custom_fields
        }

    @property
    def own(self) -> list[forms.BoundField]:
        """The workspace's own fields, in their order."""
        return [self[PREFIX + field.key] for field in self.custom_fields]

    def row(self):
        row = super().row()
        # As long as the text is its name, the one that it is stays: names repeat.
        if self.known_parent is not None and row.get("parent") == self.known_parent.name:
            del row["parent"]
        names = {PREFIX + field.key: field.key for field in self.custom_fields}
        custom = {key: row.pop(name) for name, key in names.items() if name in row}
        return row | ({"custom": custom} if custom else {})

    @staticmethod
    def _initial_of(account: Account, custom_fields: list[CustomField]) -> dict:
        names = (
            "name", "short_name", "legal_name", "credit_code", "former_names", "industry", "region", "employees",
            "channel", "tags", "website", "external_id", "note",
        )  # fmt: skip
        return (
            {name: getattr(account, name) for name in names}
            | {"owner": account.owner.user.email if account.owner else ""}
            | initial_values(account.custom, custom_fields)
        )
