"""What every figure means."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from metrics.registry import METRICS
from workspaces import formats
from workspaces.models import MetricSettings


@require_safe
def definitions(request, slug):
    """The registry as a page: name, formula, version, and the settings in force."""
    chosen = MetricSettings.objects.filter(workspace=request.workspace).order_by("-effective_from").first()
    return render(request, "metrics/definitions.html", {"metrics": METRICS.values(), "settings": _rows(chosen)})


def _rows(chosen: MetricSettings | None) -> list[dict]:
    if chosen is None:
        return []
    return [
        {"label": _("Renewal grace"), "value": _("%(days)s days") % {"days": chosen.renewal_grace_days}},
        {"label": _("Gross margin"), "value": formats.percent(chosen.gross_margin_percent / 100)},
        {"label": _("Acquisition cost lag"), "value": _("%(months)s months") % {"months": chosen.cac_lag_months}},
        {
            "label": _("Churn behind lifetime value"),
            "value": _("%(months)s months") % {"months": chosen.ltv_churn_months},
        },
        {"label": _("LTV : CAC bar"), "value": formats.number(chosen.ltv_cac_bar, places=1)},
    ]
