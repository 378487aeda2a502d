"""Forms of the settings pages."""

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from workspaces.forms.choices import timezone_choices
from workspaces.forms.meanwhile import SeenForm
from workspaces.models import MetricSettings, Workspace


class ReadableForm(forms.Form):
    """A form that people without the permission see with its values and cannot use."""

    def make_readable_only(self):
        for field in self.fields.values():
            field.disabled = True


class WorkspaceSettingsForm(ReadableForm, SeenForm):
    name = forms.CharField(
        label=_("Company name"),
        max_length=200,
        help_text=_("At the top left, in mails and on files. The address stays as it is."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=Workspace.LANGUAGES,
        help_text=_("For people who have not chosen one, and for what the product writes by itself."),
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        choices=timezone_choices,
        help_text=_("Says when a day ends. After a change the next closing computes all figures again."),
    )
    fiscal_year_start_month = forms.TypedChoiceField(
        label=_("Fiscal year begins in"),
        choices=MONTHS.items(),
        coerce=int,
        help_text=_(
            "A fiscal year is called by the year in which it ends. After a change the next closing cuts quarters and "
            "years anew; months stay."
        ),
    )
    requires_two_step = forms.BooleanField(
        label=_("Two-step sign-in required"),
        required=False,
        help_text=_(
            "Members need a code of their phone after the password. Whoever has not set it up is led there before anything "
            "else. API keys are not asked."
        ),
    )
    allows_public_links = forms.BooleanField(
        label=_("Public links allowed"),
        required=False,
        help_text=_(
            "Members who may export can show a dashboard to outsiders by a link. Without it, links made before are shut."
        ),
    )


class MetricSettingsForm(ReadableForm, forms.ModelForm):
    class Meta:
        model = MetricSettings
        fields = [
            "renewal_grace_days",
            "churn_timing",
            "reactivation_after_days",
            "nrr_window_months",
            "gross_margin_percent",
            "ltv_churn_months",
            "cac_lag_months",
            "ltv_cac_bar",
        ]
        help_texts = {
            "renewal_grace_days": _(
                "An expired contract without a renewal stays in MRR for these days and counts as churned on the day after."
            ),
            "gross_margin_percent": _(
                "What is left of revenue after serving the customer; lifetime value is reckoned from it."
            ),
            "ltv_churn_months": _("How many months of churn the lifetime of a customer is reckoned from."),
            "cac_lag_months": _("How many months pass between spending on acquisition and the customers it brings."),
            "churn_timing": _(
                "Whether the MRR of a contract that was given notice stops counting when its service ends, grace "
                "included, or on the day after the notice. Renewal rates do not depend on it."
            ),
            "reactivation_after_days": _(
                "A customer who comes back after more than so many days counts as new. Left empty, every return is a "
                "reactivation. Cohorts keep the first day ever paid."
            ),
            "nrr_window_months": _("How many months net and gross retention look back."),
            "ltv_cac_bar": _("LTV : CAC from which on acquisition counts as sound; 3 is the usual bar."),
        }


class DatedMetricSettingsForm(MetricSettingsForm):
    """The settings from a day on."""

    effective_from = forms.DateField(
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "The first day on which these hold. What does not change here stays as it is in force on that day."
        ),
    )
    field_order = ["effective_from"]
