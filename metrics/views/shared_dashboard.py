"""A dashboard for whoever holds its link: no session, no rows, nothing to change."""

from contextlib import ExitStack
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from metrics.models import SharedLink, SharedPage
from metrics.sharing import is_password, is_proof, note_seen, open_link, proof_of
from metrics.views.breakdown import breakdown_context
from metrics.views.cohorts import cohort_context
from metrics.views.dashboard_board import board_context
from metrics.views.forecast import forecast_context
from metrics.views.overview import overview_context
from metrics.views.renewal_rates import rates_context
from metrics.views.shared_boards import BOARDS, without_links
from metrics.views.unit_economics import unit_economics_context
from workspaces.actor import Actor
from workspaces.middleware.language import read_in
from workspaces.scope import workspace_scope

CONTEXTS = {
    SharedPage.OVERVIEW: overview_context,
    SharedPage.BREAKDOWN: breakdown_context,
    SharedPage.COHORTS: cohort_context,
    SharedPage.UNIT_ECONOMICS: unit_economics_context,
    SharedPage.RENEWAL_RATES: rates_context,
    SharedPage.FORECAST: forecast_context,
}
CHARTS = ("bridge", "mrr_course", "customers_course", "movements", "chart", "bars", "course")
COOKIE, COOKIE_SECONDS = "shared_dashboard", 12 * 60 * 60
# Says nothing, may do nothing.
ANYBODY = Actor("page", "", frozenset())


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def shared_dashboard(request, token):
    """Unknown, expired and revoked links look all the same."""
    if too_many := ratelimit.consume_or_429(request, action="shared_dashboard", limit_get=True):
        return too_many
    now = timezone.now()
    link = open_link(token, now)
    if link is None:
        return _sealed(render(request, "metrics/shared_gone.html", status=404))
    with ExitStack() as stack:
        stack.enter_context(workspace_scope(link.workspace))
        stack.enter_context(timezone.override(link.workspace.zone))
        read_in(request, link.workspace.language)
        if link.password and not is_proof(link, request.COOKIES.get(COOKIE, "")):
            return _sealed(_password_page(request, link))
        answer = render(request, "metrics/shared_dashboard.html", _context(request, link))
    note_seen(link, now)
    return _sealed(answer)


def _password_page(request, link: SharedLink):
    is_wrong = False
    if request.method == "POST":
        key = f"{link.pk}"
        if too_many := ratelimit.consume_or_429(request, action="shared_password", key=key):
            return too_many
        if is_password(link, request.POST.get("password", "")):
            answer = redirect(request.path)
            answer.set_cookie(
                COOKIE,
                proof_of(link),
                max_age=COOKIE_SECONDS,
                path=request.path,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
            return answer
        is_wrong = True
    return render(request, "metrics/shared_password.html", {"is_wrong": is_wrong}, status=422 if is_wrong else 200)


def _context(request, link: SharedLink) -> dict[str, Any]:
    """What the dashboard's own page says, less its links and, unless they were to be shown, names."""
    # The page is the link's, whatever stands in the address behind it; and whoever is signed in is nobody here.
    look = {name: request.GET[name] for name in ("theme",) if request.GET.get(name) in ("light", "dark")}
    request.GET = QueryDict(link.query)
    request.workspace, request.member, request.actor = link.workspace, None, ANYBODY
    if link.page == SharedPage.DASHBOARD:
        context = board_context(request, link.workspace.slug, link.parts)
    else:
        context = CONTEXTS[SharedPage(link.page)](request, link.workspace.slug)
    bar = context.get("bar")
    words = bar.words if bar else context.get("slice_words", "")
    board = BOARDS[link.page](context, link.shows_names) if link.page in BOARDS else {}
    # Of boards only the charts of the boards, and none of a board that has nothing to show.
    drawn = {name: chart for name in CHARTS if isinstance(chart := board.pop(name, context.get(name)), dict)}
    if link.page in BOARDS and not board:
        drawn = {}
    shown = {
        "link": link,
        "owner": link.workspace,
        "state": context["state"],
        "slice": words if link.shows_names else "",
        "is_narrowed": bar.is_narrowed if bar else bool(words),
        "period": context.get("shared_period", ""),
        "tiles": [tile | {"href": "", "info": ""} for tile in context.get("tiles", [])],
        "around": context.get("around"),
        "why": context.get("why", "") if link.shows_names else "",
        "legend": context.get("legend"),
        "metric": context.get("metric"),
        "charts": {name: without_links(chart, shows_names=link.shows_names) for name, chart in drawn.items() if chart},
    }
    return look | shown | board


def _sealed(answer):
    """Not for search engines, caches, or the pages that one goes on to."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    # Not "no-referrer": a browser then names no origin either, and the password's form would be taken for a foreign one.
    answer["Referrer-Policy"] = "same-origin"
    add_never_cache_headers(answer)
    return answer
