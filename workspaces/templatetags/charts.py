"""{% chart_table data as table %}: the numbers of a chart, for the table beside it.

{% chart_files as files %}: how that becomes a file, as {url, csrf_token}; both None for who may not export. None outside a
workspace, where a page makes its files itself.
"""

from urllib.parse import urlencode

from django import template
from django.middleware.csrf import get_token
from django.urls import reverse

from workspaces import chart_tables, roles
from workspaces.exports import NOT_NARROWING

register = template.Library()
register.simple_tag(chart_tables.chart_table, name="chart_table")


@register.simple_tag(takes_context=True)
def chart_files(context) -> dict[str, str | None] | None:
    # A component is included without its page's names, but its context knows the request all the same.
    request = getattr(context, "request", None)
    workspace = getattr(request, "workspace", None)
    if request is None or workspace is None:
        return None
    if not request.actor.has_permission(roles.EXPORT):
        return {"url": None, "csrf_token": None}
    # What the chart is narrowed to, which the activity tells.
    asked = urlencode({name: value for name, value in request.GET.items() if name not in NOT_NARROWING})
    url = reverse("workspaces:table_file", args=[workspace.slug])
    return {"url": f"{url}?{asked}" if asked else url, "csrf_token": get_token(request)}
