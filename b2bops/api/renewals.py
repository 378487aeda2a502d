"""Renewals: every term end and where it stands, the renewal rate by period and owner, and the forecast."""

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models.renewal_stage import Stage
from b2bops.api import columns as c
from b2bops.api import parameters
from b2bops.api.answers import json_answer
from b2bops.api.errors import invalid
from b2bops.api.metrics import OLDEST, PERIOD_PARAMETERS, MetricEndpoint
from b2bops.api.openapi import json_of, operation, query, ref
from b2bops.api.paging import LONGEST_LIMIT, Ordering, limit_of, page_address, page_of
from b2bops.api.periods import range_of
from metrics import ratios
from metrics.forecast import Forecast, Month, Quarter, forecast, known_changes
from metrics.models import Standing
from metrics.queries import closed_through
from metrics.renewals import RenewalRate, owners_of, renewal_rates, term_ends

COUNT = {"type": "integer"}
MONEY_OR_NULL = c.or_null(c.MONEY)
PERIOD = {"type": "string", "examples": ["2026-Q1"]}
BY_DAY = Ordering("due_on", "day", tie="contract_id")
SOURCES = [
    "contract_id",
    "contract__external_id",
    "contract__number",
    "account_id",
    "account__external_id",
    "day",
    "standing",
    "stage",
    "worth",
    "value_renewed",
    "owner_id",
    "succeeded_on",
    "successor_signed_on",
]
RENEWAL = {
    "contract": {"type": ["string", "null"]},
    "contract_id": c.UUID,
    "number": {"type": ["string", "null"]},
    "account": {"type": ["string", "null"]},
    "account_id": c.UUID,
    "due_on": c.DATE,
    "standing": {"type": "string", "enum": list(Standing.values)},
    "stage": {"type": "string", "enum": list(Stage.values)},
    "value": MONEY_OR_NULL,
    "value_renewed": MONEY_OR_NULL,
    "owner": {"type": ["string", "null"]},
    "successor_starts_on": c.or_null(c.DATE),
    "successor_signed_on": c.or_null(c.DATE),
}


def _object(properties: dict) -> dict:
    return {"type": "object", "required": list(properties), "properties": properties}


def _owner_names(workspace) -> dict[UUID, str]:
    """An owner is named by mail address, as on accounts."""
    return {pk: member.user.email for pk, member in owners_of(workspace).items()}


class Renewals(MetricEndpoint):
    """``GET /metrics/renewals/``: the rows that a renewal rate is made of, and those to come."""

    def components(self):
        return {"Renewal": _object(RENEWAL)}

    def operations(self):
        page = _object(
            {
                "results": {"type": "array", "items": ref("Renewal")},
                "next": {"type": ["string", "null"], "format": "uri"},
                "previous": {"type": ["string", "null"], "format": "uri"},
            }
        )
        return {
            "GET": operation(
                "list_renewals",
                "Every term end of a subscription: when it is due, what it is worth and where it stands",
                tag="metrics",
                parameters=[
                    query("from", {"type": "string", "examples": ["2026-01-01"]}, "A day or a period."),
                    query("to", {"type": "string", "examples": ["2026-Q1"]}, "A day or a period, inclusive."),
                    query("owner", {"type": "string"}, "Mail address of whoever owned the account on the day."),
                    query("standing", {"type": "string", "enum": list(Standing.values)}),
                    query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT}),
                    query("cursor", {"type": "string"}),
                ],
                answers={200: json_of(page, "The renewals, the earliest due first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        words = request.GET
        self.refuse_unknown_parameters(request, {"from", "to", "owner", "standing", "limit", "cursor"})
        closed = closed_through(request.workspace) or OLDEST
        rows = term_ends(request.workspace, closed=closed)
        first, last = range_of(words, request.workspace.fiscal_year_start_month)
        rows = rows.filter(day__gte=first) if first else rows
        rows = rows.filter(day__lte=last) if last else rows
        if "standing" in words:
            rows = rows.filter(standing=self.choice(request, "standing", Standing.values, ""))
        names = _owner_names(request.workspace)
        if "owner" in words:
            rows = rows.filter(owner_id__in=[pk for pk, email in names.items() if email == words["owner"]])
        page = page_of(
            rows,
            name="renewals",
            sources=SOURCES,
            ordering=BY_DAY,
            limit=limit_of(words.get("limit")),
            cursor=words.get("cursor"),
        )
        return json_answer(
            {
                "results": [_renewal_object(row, names) for row in page.rows],
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )


def _renewal_object(row: tuple, names: dict[UUID, str]) -> dict:
    contract_id, contract, number, account_id, account, day, standing, stage, *rest = row
    worth, renewed, owner, starts, signed = rest
    return {
        "contract": contract,
        "contract_id": contract_id,
        "number": number or None,
        "account": account,
        "account_id": account_id,
        "due_on": day,
        "standing": standing,
        "stage": stage,
        "value": worth,
        "value_renewed": renewed,
        "owner": names.get(owner),
        "successor_starts_on": starts,
        "successor_signed_on": signed,
    }


class RenewalRates(MetricEndpoint):
    """``GET /metrics/renewal-rates/``."""

    def operations(self):
        row = _object(
            {
                "period": {"type": "string"},
                "closed": {"type": "boolean"},
                "owner": {"type": ["string", "null"], "description": "Only when grouped by owner; null: nobody."},
                "due": COUNT,
                "renewed": COUNT,
                **dict.fromkeys(_SETTLED, COUNT),
                "renewal_rate": c.or_null(c.DECIMAL),
                "value_due": c.MONEY,
                "value_renewed": c.MONEY,
                "renewal_rate_value": c.or_null(c.DECIMAL),
            }
        )
        row["required"] = [name for name in row["required"] if name != "owner"]
        schema = _object({"currency": {"type": "string"}, "rows": {"type": "array", "items": row}})
        return {
            "GET": operation(
                "renewal_rates",
                "The renewal rate by count and value, one row for each period in which anything fell due",
                tag="metrics",
                parameters=[*PERIOD_PARAMETERS, query("group_by", {"type": "string", "enum": ["owner"]})],
                answers={200: json_of(schema, "The rows, oldest period first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"from", "to", "interval", "group_by"})
        is_by_owner = (
            self.choice(request, "group_by", ("owner",), "") == "owner" if "group_by" in request.GET else False
        )
        window = self.period_range(request)
        closed = closed_through(request.workspace)
        rows = (
            renewal_rates(request.workspace, closed=closed, is_by_owner=is_by_owner, **window)
            if closed is not None
            else []
        )
        names = _owner_names(request.workspace) if is_by_owner else {}
        return json_answer(
            {
                "currency": request.workspace.base_currency,
                "rows": [_rate_object(row, closed, names, is_by_owner=is_by_owner) for row in rows],
            }
        )


# Nothing that fell due is still to come.
_SETTLED = [standing for standing in Standing.values if standing != Standing.DUE]


def _rate_object(row: RenewalRate, closed, names: dict[UUID, str], *, is_by_owner: bool) -> dict:
    return {
        "period": row.period.name,
        "closed": row.period.ends_on <= closed,
        **({"owner": names.get(row.owner_id) if row.owner_id else None} if is_by_owner else {}),
        "due": row.due,
        "renewed": row.renewed,
        **{standing: row.counts[standing] for standing in _SETTLED},
        "renewal_rate": row.rate,
        "value_due": row.value_due,
        "value_renewed": row.value_renewed,
        "renewal_rate_value": row.rate_value,
    }


class ForecastView(MetricEndpoint):
    """``GET /metrics/forecast/``."""

    def operations(self):
        month = _object(
            {
                "period": {"type": "string"},
                "ends_on": c.DATE,
                "known_to_come": c.MONEY,
                "known_to_end": c.MONEY,
                "known": c.MONEY,
                "expected": MONEY_OR_NULL,
                "all_renewed": c.MONEY,
                "accounts": COUNT,
            }
        )
        quarter = _object(
            {
                "period": PERIOD,
                "from": c.DATE,
                "to": c.DATE,
                "due": COUNT,
                "value_due": c.MONEY,
                "renewed": COUNT,
                "value_renewed": c.MONEY,
                "given_up": COUNT,
                "value_given_up": c.MONEY,
                "unsettled": COUNT,
                "value_unsettled": c.MONEY,
                "expected": MONEY_OR_NULL,
                "at_risk": MONEY_OR_NULL,
            }
        )
        rate = _object(
            {
                "from": c.or_null(PERIOD),
                "to": c.or_null(PERIOD),
                "due": COUNT,
                "renewed": COUNT,
                "value_due": c.MONEY,
                "value_renewed": c.MONEY,
                "renewal_rate_value": c.or_null(c.DECIMAL),
            }
        )
        schema = _object(
            {
                "currency": {"type": "string"},
                "closed_through": c.or_null(c.DATE),
                "mrr": c.MONEY,
                "open": COUNT,
                "value_open": c.MONEY,
                "rate": c.or_null(rate),
                "months": {"type": "array", "items": month},
                "quarters": {"type": "array", "items": quarter},
            }
        )
        return {
            "GET": operation(
                "forecast",
                "The rest of the running quarter and the next two, as far as contracts tell",
                tag="metrics",
                answers={200: json_of(schema, "The forecast as of the last closed day; empty before the first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, ())
        closed = closed_through(request.workspace)
        currency = request.workspace.base_currency
        if closed is None:
            nothing = {"mrr": Decimal("0.00"), "open": 0, "value_open": Decimal("0.00"), "rate": None}
            return json_answer({"currency": currency, "closed_through": None, **nothing, "months": [], "quarters": []})
        return json_answer({"currency": currency, **_forecast_object(forecast(request.workspace, closed=closed))})


def _forecast_object(told: Forecast) -> dict:
    rate = told.rate
    return {
        "closed_through": told.closed,
        "mrr": told.mrr,
        "open": told.open,
        "value_open": told.value_open,
        "rate": {
            "from": rate.first,
            "to": rate.last,
            "due": rate.due,
            "renewed": rate.renewed,
            "value_due": rate.value_due,
            "value_renewed": rate.value_renewed,
            "renewal_rate_value": ratios.rate(rate.rate),
        },
        "months": [_month_object(month) for month in told.months],
        "quarters": [_quarter_object(quarter) for quarter in told.quarters],
    }


def _month_object(month: Month) -> dict:
    return {
        "period": f"{month.ends_on:%Y-%m}",
        "ends_on": month.ends_on,
        "known_to_come": month.gained,
        "known_to_end": month.lost,
        "known": month.known,
        "expected": month.expected,
        "all_renewed": month.all_renewed,
        "accounts": month.accounts,
    }


def _quarter_object(quarter: Quarter) -> dict:
    return {
        "period": quarter.period.name,
        "from": quarter.first,
        "to": quarter.period.ends_on,
        "due": quarter.due,
        "value_due": quarter.value_due,
        "renewed": quarter.renewed,
        "value_renewed": quarter.value_renewed,
        "given_up": quarter.given_up,
        "value_given_up": quarter.value_given_up,
        "unsettled": quarter.unsettled,
        "value_unsettled": quarter.value_unsettled,
        "expected": quarter.expected,
        "at_risk": quarter.at_risk,
    }


class ForecastAccounts(MetricEndpoint):
    """``GET /metrics/forecast/accounts/``: the rows behind what is known of a day."""

    def operations(self):
        row = _object(
            {
                "account": {"type": ["string", "null"]},
                "account_id": c.UUID,
                "before": c.MONEY,
                "after": c.MONEY,
                "change": c.MONEY,
            }
        )
        page = _object(
            {
                "results": {"type": "array", "items": row},
                "next": {"type": ["string", "null"], "format": "uri"},
                "previous": {"type": "null"},
            }
        )
        return {
            "GET": operation(
                "forecast_accounts",
                "The accounts whose MRR is known to be another at the end of a day to come",
                tag="metrics",
                parameters=[
                    query("at", c.DATE, "A day after the last closed one.", is_required=True),
                    query("after", c.UUID, "The last account of the page before."),
                    query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT}),
                ],
                answers={200: json_of(page, "The accounts; their changes add up to known − mrr")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        words = request.GET
        self.refuse_unknown_parameters(request, {"at", "after", "limit"})
        if "at" not in words:
            raise invalid({"at": [_("This field is required.")]})
        try:
            day = parameters.day(words["at"])
        except ValueError as exc:
            raise invalid({"at": [str(exc)]}) from None
        try:
            after = parameters.uuid(words["after"]) if "after" in words else None
        except ValueError as exc:
            raise invalid({"after": [str(exc)]}) from None
        limit = limit_of(words.get("limit"))
        closed = closed_through(request.workspace)
        rows = (
            known_changes(request.workspace, closed=closed, day=day, after=after, most=limit + 1)
            if closed is not None and day > closed
            else []
        )
        shown = rows[:limit]
        return json_answer(
            {
                "results": [
                    {
                        "account": row.external_id,
                        "account_id": row.account_id,
                        "before": row.before,
                        "after": row.after,
                        "change": row.change,
                    }
                    for row in shown
                ],
                "next": _address_after(request, shown[-1].account_id) if len(rows) > limit else None,
                "previous": None,
            }
        )


def _address_after(request, account_id: UUID) -> str:
    words = request.GET.copy()
    words["after"] = str(account_id)
    return request.build_absolute_uri(f"{request.path}?{words.urlencode()}")
