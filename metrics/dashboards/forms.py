from django import forms
from django.utils.translation import gettext_lazy as _

from metrics.models import Dashboard, StartPage


class DashboardForm(forms.Form):
    """The name of a dashboard, and who sees it."""

    name = forms.CharField(label=_("Name"), max_length=Dashboard._meta.get_field("name").max_length)
    is_shared = forms.BooleanField(label=_("Everybody sees it"), required=False)

    def __init__(self, *args, may_share: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]


class NewDashboardForm(DashboardForm):
    BEGINS = [("usual", _("The usual tiles and charts")), ("empty", _("Nothing"))]

    begin = forms.ChoiceField(label=_("Begin with"), choices=BEGINS, widget=forms.RadioSelect, initial="usual")
    field_order = ("name", "begin", "is_shared")


class StartForm(forms.Form):
    opens = forms.ChoiceField(
        label=_("After signing in, open"),
        choices=StartPage.Opens.choices,
        help_text=_("Which of the dashboards opens first is chosen there, in its menu."),
    )
