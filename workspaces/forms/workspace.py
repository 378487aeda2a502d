"""Forms for opening a workspace. They ask and convert; the actions decide."""

from decimal import Decimal

from django import forms
from django.utils.dates import MONTHS
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from workspaces.actions.workspaces import RESERVED_SLUGS
from workspaces.forms.choices import currency_choices, timezone_choices
from workspaces.models import Workspace

# Measured against renewals signed late: an unsigned renewal stays in MRR for these days, then counts as churn.
SUGGESTED_GRACE_DAYS = 30


class WorkspaceForm(forms.Form):
    name = forms.CharField(label=_("Company name"), max_length=200)
    slug = forms.CharField(
        label=_("Address"),
        max_length=40,
        required=False,
        help_text=_("The part after /w/ in the browser. Left empty, it is made from the name. It stays as it is."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=currency_choices,
        help_text=_("The one your figures are in. Contracts may be in others. It stays as it is."),
    )
    timezone = forms.ChoiceField(label=_("Time zone"), choices=timezone_choices, help_text=_("Says when a day ends."))
    language = forms.ChoiceField(label=_("Language"), choices=Workspace.LANGUAGES)
    fiscal_year_start_month = forms.TypedChoiceField(
        label=_("Fiscal year begins in"),
        choices=MONTHS.items(),
        coerce=int,
        empty_value="1",
        required=False,
        help_text=_("Quarters and years of figures follow it. A fiscal year is called by the year in which it ends."),
    )
    renewal_grace_days = forms.IntegerField(
        label=_("Renewal grace, days"),
        min_value=0,
        max_value=365,
        initial=SUGGESTED_GRACE_DAYS,
        help_text=_(
            "Renewals between companies are often signed late. An expired contract stays in MRR for these days, and "
            "counts as churned on the day after, so that a closed month does not change because time passed."
        ),
    )
    gross_margin_percent = forms.DecimalField(
        label=_("Gross margin, percent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=Decimal(80),
        help_text=_("What is left of revenue after serving the customer. Lifetime value is reckoned from it."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {"language": get_language(), "currency": "CNY", "timezone": "Asia/Shanghai"} | self.initial

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = suggest_slug(cleaned.get("name", ""))
        return cleaned

    def workspace_values(self) -> dict:
        """What `create_workspace` takes, of the fields of this form."""
        values = {field: self.cleaned_data[field] for field in WorkspaceForm.base_fields}
        return values | {"fiscal_year_start_month": int(values["fiscal_year_start_month"])}

    def add_errors(self, error) -> None:
        """Show an action's ValidationError, keyed by its argument names, beside the fields."""
        self.add_error(None, error)


class FirstOwnerForm(WorkspaceForm):
    owner_name = forms.CharField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters; a few unusual words do best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def suggest_slug(name: str) -> str:
    """A free address made from a company's name; `company` where the name has no Latin letters."""
    stem = slugify(name)[:36].strip("-_").replace("_", "-")
    if len(stem) < 2:
        stem = "company"
    taken = set(Workspace.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | RESERVED_SLUGS
    return next(slug for slug in [stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))] if slug not in taken)
