from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.account_choice import AccountChoice
from accounts.models import Contact
from accounts.models.contact import BuyingRole


class ContactForm(AccountChoice):
    name = forms.CharField(label=_("Name"))
    title = forms.CharField(label=_("Title"), required=False)
    roles = forms.MultipleChoiceField(
        label=_("Buying roles"), required=False, choices=BuyingRole, widget=forms.CheckboxSelectMultiple
    )
    mobile = forms.CharField(label=_("Mobile"), required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    wechat = forms.CharField(label=_("WeChat"), required=False)
    email = forms.CharField(label=_("Email"), required=False, widget=forms.TextInput(attrs={"inputmode": "email"}))
    external_id = forms.CharField(
        label=_("External id"), required=False, help_text=_("How imports and integrations know this contact.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    @staticmethod
    def initial_of(contact: Contact) -> dict:
        names = ("name", "title", "roles", "mobile", "wechat", "email", "external_id", "note")
        return {name: getattr(contact, name) for name in names}
