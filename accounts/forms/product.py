from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.rows import RowForm
from accounts.models import Product


class ProductForm(RowForm):
    name = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"autofocus": True}))
    code = forms.CharField(label=_("Code"), required=False)
    description = forms.CharField(label=_("Description"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    external_id = forms.CharField(
        label=_("External id"), required=False, help_text=_("How imports and integrations know this product.")
    )

    @staticmethod
    def initial_of(product: Product) -> dict:
        return {name: getattr(product, name) for name in ("name", "code", "description", "external_id")}
