from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.account_choice import AccountChoice
from accounts.forms.rows import RowForm
from accounts.models import Account, Contact
from accounts.models.contact import BuyingRole, Stance


class ContactForm(AccountChoice):
    name = forms.CharField(label=pgettext_lazy("of a person", "Name"))
    title = forms.CharField(label=_("Title"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Buying roles"), required=False, choices=BuyingRole, widget=forms.CheckboxSelectMultiple
    )
    stance = forms.ChoiceField(label=_("Stance"), required=False, choices=Stance, initial=Stance.UNKNOWN)
    mobile = forms.CharField(label=_("Mobile"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    wechat = forms.CharField(label=_("WeChat"), required=False)
    email = forms.CharField(label=_("Email"), required=False, widget=forms.TextInput(attrs={"inputmode": "email"}))
    external_id = forms.CharField(
        label=_("External id"), required=False, help_text=_("How imports and integrations know this contact.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    @staticmethod
    def initial_of(contact: Contact) -> dict:
        names = ("name", "title", "roles", "stance", "mobile", "wechat", "email", "external_id", "note")
        return {name: getattr(contact, name) for name in names}


class QuickContactForm(RowForm):
    """A contact of a known account with what one knows at first; the contact's own page takes the rest."""

    name = forms.CharField(
        label=pgettext_lazy("of a person", "Name"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    title = forms.CharField(label=_("Title"), required=False)
    mobile = forms.CharField(label=_("Mobile"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    roles = forms.MultipleChoiceField(
        label=_("Buying roles"), required=False, choices=BuyingRole, widget=forms.CheckboxSelectMultiple
    )
    stance = forms.ChoiceField(label=_("Stance"), required=False, choices=Stance, initial=Stance.UNKNOWN)

    def __init__(self, data=None, *, account: Account | None = None, **kwargs):
        self.account = account
        super().__init__(data, auto_id="new-contact-%s", **kwargs)

    def row(self):
        return super().row() | ({"account_id": str(self.account.pk)} if self.account is not None else {})
