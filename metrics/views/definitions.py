"""What every figure means."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.registry import METRICS
from metrics.settings_words import described
from metrics.spring_festival import WORDS
from workspaces.queries import metric_settings_on


@require_safe
def definitions(request, slug):
    """The registry as a page: name, formula, version, and the settings in force today."""
    today = request.workspace.local_day(timezone.now())
    chosen = described(metric_settings_on(request.workspace, today))
    return render(
        request, "metrics/definitions.html", {"metrics": METRICS.values(), "settings": chosen, "around": WORDS}
    )
