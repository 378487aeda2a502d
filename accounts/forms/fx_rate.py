from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AmountField, DayField
from accounts.forms.rows import RowForm
from accounts.models import FxRate


class FxRateForm(RowForm):
    # A rate says nothing without its day.
    stands_together = True

    currency = forms.CharField(
        label=_("Currency"),
        widget=forms.TextInput(attrs={"autofocus": True, "list": "currencies", "autocomplete": "off"}),
        help_text=_("Three letters, such as USD."),
    )
    date = DayField(label=_("From"), help_text=_("The rate holds from this day until the currency's next rate."))
    rate = AmountField(label=_("Rate"))

    def __init__(self, *args, base_currency: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["rate"].help_text = _("How much one unit is worth in %(currency)s.") % {"currency": base_currency}

    @staticmethod
    def initial_of(rate: FxRate) -> dict:
        return {name: getattr(rate, name) for name in ("currency", "date", "rate")}
