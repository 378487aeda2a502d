"""What the list of renewals can be narrowed and sorted by, and its columns."""

import datetime as dt
from dataclasses import replace

from django.db.models import F, Q
from django.db.models.functions import TruncMonth
from django.db.models.lookups import In
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.list_filters import owner_of_account
from accounts.search import of_named_accounts
from accounts.terms import add_months
from jobs.imports.values import to_amount
from metrics.calendar import Period, month_end, period_of, periods_between
from metrics.forecast import QUARTERS
from metrics.models import Interval, Standing
from metrics.renewals import stage_columns, where_it_stands
from workspaces import formats
from workspaces.amounts import amount_cell
from workspaces.filters import Filter, Kind, any_of, column
from workspaces.grouping import Grouping, by_day, by_label
from workspaces.list_columns import ListColumn
from workspaces.lists import ListSpec
from workspaces.models import Team
from workspaces.pinyin import sort_key
from workspaces.queries import people_of_team, teams_of
from workspaces.sorting import Sort

NOBODY, HELD_BY = "none", "held_by"
QUARTERS_BACK = 8
WITHIN = (30, 60, 90, 180)


def renewal_spec(closed: dt.date, owners: dict, workspace) -> ListSpec:
    """What the list can be narrowed by. closed: the last closed day, in the middle of the quarters to choose from."""
    quarters = _quarters(closed, workspace.fiscal_year_start_month)

    def in_quarter(name: str) -> Q:
        return Q(day__range=(quarters[name].starts_on, quarters[name].ends_on))

    def within(days: str) -> Q:
        return Q(day__gt=closed, day__lte=closed + dt.timedelta(days=int(days)))

    def owned_by(owner: str) -> Q:
        return Q(owner_id__isnull=True) if owner == NOBODY else Q(owner_id=owner)

    def people(_workspace) -> list[tuple[str, str]]:
        return [*((str(pk), str(member.user)) for pk, member in owners.items()), (NOBODY, _("No owner"))]

    def of_team(team: str) -> Q:
        return Q(owner_id__in=people_of_team(Team(pk=team, workspace=workspace)))

    return ListSpec(
        sorts=(Sort("due", "day"), Sort("account", "account__sort_name")),
        default="due",
        columns=_columns(workspace.base_currency),
        filters=(
            Filter(
                "within",
                gettext_lazy("Due"),
                lambda workspace: [
                    (str(days), ngettext("within %(days)s day", "within %(days)s days", days) % {"days": days})
                    for days in WITHIN
                ],
                any_of(within),
                icon="calendar",
            ),
            Filter(
                "standing",
                gettext_lazy("Standing"),
                lambda workspace: Standing.choices,
                lambda values: Q(standing__in=values),
            ),
            Filter(
                "stage",
                gettext_lazy("Stage"),
                lambda workspace: [(column.key, column.label) for column in stage_columns()],
                lambda stages: Q(In(where_it_stands(), stages)),
            ),
            Filter(
                "owner",
                gettext_lazy("Owner"),
                people,
                any_of(owned_by),
            ),
            # Whoever has the account now has to act, whoever had it when the term ended.
            replace(owner_of_account(), key=HELD_BY, label=gettext_lazy("Owner today"), choices=people),
            Filter(
                "team",
                gettext_lazy("Team"),
                lambda workspace: [(str(team.pk), team.name) for team in teams_of(workspace)],
                any_of(of_team),
            ),
            Filter(
                "quarter",
                gettext_lazy("Quarter"),
                lambda workspace: [(name, name) for name in quarters],
                any_of(in_quarter),
                icon="calendar",
            ),
            column("worth", gettext_lazy("Worth a month"), "worth", Kind.MONEY, reads=to_amount),
            column("account", gettext_lazy("Account"), "account__name", Kind.TEXT, may_miss=False),
            column("number", gettext_lazy("Contract"), "contract__number", Kind.TEXT),
        ),
        search=of_named_accounts,
        groupings=_groupings(owners),
        group_sums=("worth",),
        say_sums=lambda sums: formats.money(sums["worth"], workspace.base_currency, places=0),
    )


def _groupings(owners: dict) -> tuple[Grouping, ...]:
    """By month, owner (on the day, as everywhere with renewals), and stage or what became of it."""
    names = {str(pk): str(member.user) for pk, member in owners.items()}
    names = dict(sorted(names.items(), key=lambda item: sort_key(item[1], is_person=True)))
    stages = {column.key: column.label for column in stage_columns()}

    def said(month: dt.date) -> str:
        return formats.period(f"{month:%Y-%m}", get_language() or "en")

    def in_month(text: str) -> dict[str, str]:
        return {
            "from": text[:10],
            "to": month_end(dt.date.fromisoformat(text[:10])).isoformat(),
            "quarter": "",
            "within": "",
        }

    def asked(key: str):
        return lambda text: {key: text or NOBODY}

    return (
        Grouping("month", _("Month"), TruncMonth("day"), by_day(said), in_month, turns_with="-due"),
        Grouping("owner", _("Owner"), F("owner_id"), by_label(names, _("No owner")), asked("owner")),
        Grouping("stage", _("Stage"), where_it_stands(), by_label(stages, ""), asked("stage")),
    )


def _columns(currency: str) -> tuple[ListColumn, ...]:
    """Of a dressed row of `term_ends`; the page draws standing and stage, and a link of the contract."""

    return (
        ListColumn(
            "contract", gettext_lazy("Contract"), text=lambda row: row.contract.number or row.contract.external_id
        ),
        ListColumn("due", gettext_lazy("Due"), sort="due", text=lambda row: formats.table_day(row.day), is_figure=True),
        ListColumn("standing", gettext_lazy("Standing")),
        ListColumn("stage", gettext_lazy("Stage")),
        ListColumn(
            "worth", gettext_lazy("Worth a month"), text=lambda row: amount_cell(row.worth, currency), is_number=True
        ),
        ListColumn(
            "renewed",
            gettext_lazy("Renewed"),
            text=lambda row: amount_cell(row.value_renewed or None, currency),
            is_number=True,
        ),
        ListColumn(
            "successor",
            gettext_lazy("Successor starts"),
            text=lambda row: formats.table_day(row.succeeded_on),
            is_figure=True,
            is_shown=False,
        ),
        ListColumn("owner", gettext_lazy("Owner"), text=lambda row: row.owner_name),
        ListColumn("next_step", gettext_lazy("Next step"), text=lambda row: row.next_step),
        ListColumn(
            "successor_signed",
            gettext_lazy("Successor signed"),
            text=lambda row: formats.table_day(row.successor_signed_on),
            is_figure=True,
            is_shown=False,
        ),
        ListColumn(
            "grace",
            gettext_lazy("Grace ends"),
            text=lambda row: formats.table_day(row.grace_ends_on),
            is_figure=True,
            is_shown=False,
        ),
        ListColumn(
            "external_id",
            gettext_lazy("Account's external id"),
            text=lambda row: row.account.external_id,
            is_figure=True,
            is_shown=False,
        ),
    )


def _quarters(closed: dt.date, start_month: int) -> dict[str, Period]:
    """By name: those around `closed`, oldest first."""
    this = period_of(closed, Interval.QUARTER, start_month).starts_on
    first, last = add_months(this, -3 * QUARTERS_BACK), add_months(this, 3 * (QUARTERS + 2))
    return {period.name: period for period in periods_between(first, last, Interval.QUARTER, start_month)}


def coming_quarter(closed: dt.date, start_month: int) -> str:
    """The quarter of the day after the last closed one, on which the list opens."""
    return period_of(closed + dt.timedelta(days=1), Interval.QUARTER, start_month).name
