from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.rows import RowForm
from accounts.models import Account


class AccountChoice(RowForm):
    """A form of something that belongs to an account, which is typed by name or external id and suggested meanwhile.

    `account`: the one it is about so far. As long as the text is that one's name, its id is what counts: names repeat.
    """

    error_fields = {"account_id": "account"}

    account = forms.CharField(
        label=_("Account"),
        widget=forms.TextInput(attrs={"list": "account-suggestions", "autocomplete": "off"}),
        help_text=_("Name or external id."),
    )

    def __init__(self, data=None, *, account: Account | None = None, suggest_url: str = "", initial=None, **kwargs):
        self.known_account = account
        name = account.name if account else ""
        super().__init__(data, initial={"account": name} | (initial or {}), **kwargs)
        self.order_fields(["account"])
        if not any("autofocus" in field.widget.attrs for field in self.fields.values()):
            first = next(name for name in self.fields if account is None or name != "account")
            self.fields[first].widget.attrs["autofocus"] = True
        self.fields["account"].widget.attrs |= {
            "hx-get": suggest_url,
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#account-suggestions",
        }

    def row(self):
        row = super().row()
        if self.known_account is not None and row.get("account") == self.known_account.name:
            del row["account"]
            row["account_id"] = str(self.known_account.pk)
        return row
