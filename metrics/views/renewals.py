"""A month of renewals as a calendar, and what all pages of renewals share."""

import datetime as dt
from calendar import Calendar
from dataclasses import dataclass, replace
from typing import Any

from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.conditions import TEAM
from accounts.models.renewal_stage import Stage
from accounts.queries import standing_accounts
from accounts.terms import add_months
from metrics.calendar import month_end
from metrics.figures_state import figures_state
from metrics.forecast import Quarter, coming_quarters
from metrics.models import RENEWED, UNSETTLED, Standing
from metrics.renewal_spec import renewal_spec
from metrics.renewals import CalendarDay, calendar_days, owners_of, tallies, term_ends
from metrics.slice_bar import team_asked
from workspaces import exports, formats
from workspaces.list_files import DOWNLOAD
from workspaces.lists import show_list
from workspaces.queries import people_of_team

MOST_A_DAY = 3
TONES = {
    Standing.OPEN: "watch",
    Standing.GIVEN_UP: "risk",
    Standing.LOST: "risk",
    **dict.fromkeys(RENEWED, "good"),
}
STAGE_TONES = {Stage.AGREED: "good", Stage.WILL_NOT_RENEW: "risk"}


def dress(row: Any, owners: dict) -> None:
    """What a template shows of a row of `term_ends` beside its columns."""
    row.tone = TONES.get(row.standing, "")
    row.standing_label = Standing(row.standing).label
    row.stage_label, row.stage_tone = Stage(row.stage).label, STAGE_TONES.get(row.stage, "")
    row.is_settled = row.standing not in UNSETTLED
    owner = owners.get(row.owner_id)
    row.owner_name = str(owner.user) if owner else ""


@dataclass(frozen=True)
class Cell:
    """A day of the calendar. due: what falls due on it, None when nothing does; more: how many of it are not shown."""

    day: dt.date
    is_in_month: bool
    is_past: bool
    due: CalendarDay | None
    more: int
    href: str


@require_safe
def renewal_calendar(request, slug):
    """A month of renewals; `month` (2026-03) says which, else the one after the last closed day; `team`: whose, by the
    owner on the day.
    """
    workspace, state = request.workspace, figures_state(request.workspace)
    closed = state.closed_through
    context: dict[str, Any] = {"state": state, "tabs": renewal_tabs(workspace, "calendar")}
    if closed is None:
        return render(request, "metrics/renewal_calendar.html", context)
    month = _month(request.GET.get("month", ""), closed + dt.timedelta(days=1))
    owners = dict(owners_of(workspace))
    spec = renewal_spec(closed, owners, workspace)
    team, team_picker = team_asked(request)
    people = None if team is None else people_of_team(team)
    # What is to come is theirs who own the account now, as on the page of the forecast.
    now = None if people is None else standing_accounts(workspace).filter(owner__in=people).order_by().values("pk")
    rows = term_ends(workspace, closed=closed).filter(day__range=(month, month_end(month))).select_related("account")
    # The page's own controls choose the days, and the team where there are any.
    controls = ("quarter", "within", TEAM)
    shown = show_list(
        replace(spec, filters=tuple(one for one in spec.filters if one.key not in controls), size=1),
        rows if people is None else rows.filter(owner_id__in=people),
        request.GET,
        path=request.path,
        workspace=workspace,
        beside={"month": f"{month:%Y-%m}"}
        | ({TEAM: team_picker["value"]} if team_picker and TEAM in request.GET else {}),
    )
    days = calendar_days(shown.queryset, most=MOST_A_DAY)
    for day in days.values():
        for row in day.largest:
            dress(row, owners)
    whole = {TEAM: str(team.pk)} if team else {}
    narrowed = whole | shown.narrowing_params
    list_url = reverse("metrics:renewal_list", args=[slug])

    def cell(day: dt.date) -> Cell:
        due = days.get(day)
        href = f"{list_url}?{urlencode({'from': day.isoformat(), 'to': day.isoformat(), **narrowed})}"
        more = due.count - len(due.largest) if due else 0
        return Cell(day, day.month == month.month, day <= closed, due, more, href)

    in_month = {"from": month.isoformat(), "to": month_end(month).isoformat(), **narrowed}
    month_url = f"{list_url}?{urlencode(in_month | ({'q': shown.words} if shown.words else {}))}"
    path = shown.url_without("month")
    joint = "&" if "?" in path else "?"
    found = tallies(shown.queryset)
    context |= {
        "list": shown,
        "month": month,
        "earlier": f"{path}{joint}month={add_months(month, -1):%Y-%m}",
        "later": f"{path}{joint}month={add_months(month, 1):%Y-%m}",
        "weeks": [[cell(day) for day in week] for week in Calendar().monthdatescalendar(month.year, month.month)],
        "weekdays": [formats.weekday(number, get_language() or "en") for number in range(7)],
        "has_any": bool(days),
        # The month as the list has it, which makes the file.
        "files": exports.menu(request, lambda name: f"{month_url}&{urlencode({DOWNLOAD: name})}") if days else [],
        "tallies": [
            {
                "label": Standing(one.standing).label,
                "tone": TONES.get(one.standing, ""),
                "count": one.count,
                "worth": one.worth,
                "href": f"{list_url}?" + urlencode(in_month | {"standing": one.standing}),
            }
            for one in found
        ],
        "count": sum(one.count for one in found),
        "worth": sum(one.worth for one in found),
        "team_picker": team_picker,
        "quarters": quarter_cards(coming_quarters(workspace, closed=closed, among=now), slug, narrowed=whole),
    }
    return render(request, "metrics/renewal_calendar.html", context)


def quarter_cards(quarters: list[Quarter], slug: str, *, narrowed: dict[str, str] | None) -> list[dict]:
    """Quarters of a forecast with the lists behind their numbers. narrowed: what narrows these lists alike, None when
    nothing does: then there are none.
    """
    list_url = reverse("metrics:renewal_list", args=[slug])
    cards = []
    for quarter in quarters:
        days = {"from": quarter.first.isoformat(), "to": quarter.period.ends_on.isoformat(), **(narrowed or {})}
        rows = (
            {}
            if narrowed is None
            else {
                name: f"{list_url}?{urlencode(days | ({'standing': standing} if standing else {}))}"
                for name, standing in (("all", ""), ("due", Standing.DUE), ("given_up", Standing.GIVEN_UP))
            }
        )
        name = quarter.period.name
        cards.append(
            {
                "quarter": quarter,
                "label": _("Rest of %(quarter)s") % {"quarter": name} if quarter.is_rest else name,
                "rows": rows,
            }
        )
    return cards


def renewal_tabs(workspace, active: str) -> list[dict]:
    """The pages about renewals."""
    names = {"calendar": _("Calendar"), "list": _("List"), "rates": _("Renewal rate"), "forecast": _("Forecast")}
    return [
        {
            "label": label,
            "href": reverse(f"metrics:renewal_{key}", args=[workspace.slug]),
            "active": key == active,
        }
        for key, label in names.items()
    ]


def _month(text: str, otherwise: dt.date) -> dt.date:
    try:
        month = formats.first_day(text)
    except ValueError:
        month = otherwise.replace(day=1)
    return month if 1970 < month.year < 2199 else otherwise.replace(day=1)
