"""``GET /metrics/movements/``: the changes of accounts' balances, and those of a slice, which are worked out."""

from django.utils.translation import gettext as _

from b2bops.api import columns as c
from b2bops.api import expansion, parameters
from b2bops.api.accounts import ACCOUNTS
from b2bops.api.answers import json_answer
from b2bops.api.collection import Column, Thing, by_key
from b2bops.api.errors import invalid
from b2bops.api.expansion import asked_of, expand
from b2bops.api.metrics import NEWEST, OLDEST, MetricEndpoint
from b2bops.api.openapi import json_of, operation, page_schema, query
from b2bops.api.paging import LONGEST_LIMIT, Ordering, limit_of, page_address, page_of
from b2bops.api.periods import range_of
from b2bops.api.slicing import CHANGED_HANDS, SLICING, is_sliced, place_in, slice_of
from metrics.models import Movement, MovementKind
from metrics.places import write_place
from metrics.slices import queries as slices

KINDS = [*MovementKind.values, *CHANGED_HANDS]
MOVEMENT = Thing(
    noun="movement",
    model=Movement,
    columns=(
        Column("id", {"type": "string"}),
        *c.account(),
        c.date("date", is_nullable=False),
        Column("kind", {"type": "string", "enum": KINDS}),
        Column("amount", c.MONEY),
    ),
    expands=(by_key("account", ACCOUNTS),),
)
MOVEMENT_ORDER = Ordering("date", "day", tie="account_id")
# Who asks for the movements of a month wants them all; short rows, so a month of most companies is one answer.
MOVEMENTS_AT_ONCE = 10_000
MOVEMENT_SOURCES = ["account_id", "account__external_id", "day", "kind", "amount"]


class Movements(MetricEndpoint):
    """``GET /metrics/movements/``: the rows that a bridge adds up."""

    def components(self):
        made = expansion.components(MOVEMENT)
        movement = made["Movement"]
        # Only of a slice that was asked for by groups.
        made["Movement"] = movement | {"properties": movement["properties"] | {"group": {"type": ["string", "null"]}}}
        return made

    def operations(self):
        page = page_schema("Movement")
        days = [
            query("from", {"type": "string", "examples": ["2025-01-01"]}, "A day or a period."),
            query("to", {"type": "string", "examples": ["2025-01-31"]}, "A day or a period, inclusive."),
        ]
        return {
            "GET": operation(
                "list_movements",
                "The changes of accounts' balances, by day",
                tag="metrics",
                parameters=[
                    *days,
                    query("account", {"type": "string"}, "An account's external id."),
                    query("account_id", c.UUID),
                    query("kind", {"type": "string", "enum": KINDS}, "The last two only of a slice."),
                    query(
                        "limit",
                        {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT},
                        f"Without it up to {MOVEMENTS_AT_ONCE} movements come at once.",
                    ),
                    query("cursor", {"type": "string"}),
                    *expansion.parameters(MOVEMENT),
                    *SLICING,
                ],
                answers={200: json_of(page, "The movements, oldest first")},
                without=(404,),
            )
        }

    def get(self, request, **kwargs):
        words = request.GET
        known = {"from", "to", "account", "account_id", "kind", "limit", "cursor", "expand"}
        self.refuse_unknown_parameters(request, known, can_slice=True)
        first, last = range_of(words, request.workspace.fiscal_year_start_month)
        if is_sliced(request):
            return self.sliced_page(request, first or OLDEST, last or NEWEST)
        rows = Movement.objects.filter(workspace=request.workspace, day__range=(first or OLDEST, last or NEWEST))
        if "kind" in words:
            rows = rows.filter(kind=self.choice(request, "kind", MovementKind.values, ""))
        if "account" in words:
            rows = rows.filter(account__external_id=words["account"])
        if "account_id" in words:
            try:
                rows = rows.filter(account_id=parameters.uuid(words["account_id"]))
            except ValueError as exc:
                raise invalid({"account_id": [str(exc)]}) from None
        page = page_of(
            rows,
            name="movements",
            sources=MOVEMENT_SOURCES,
            ordering=MOVEMENT_ORDER,
            limit=limit_of(words.get("limit"), default=MOVEMENTS_AT_ONCE),
            cursor=words.get("cursor"),
        )
        objects = [
            {
                "id": Movement.public_id_of(account_id, day),
                "account": external_id,
                "account_id": account_id,
                "date": day,
                "kind": kind,
                "amount": amount,
            }
            for account_id, external_id, day, kind, amount in page.rows
        ]
        return json_answer(
            {
                "results": expand(request.workspace, MOVEMENT, objects, asked_of(MOVEMENT, words)),
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )

    def sliced_page(self, request, first, last):
        """As `get`, of a slice: worked out rather than read, so that filters of accounts do not go together with it."""
        words = request.GET
        if mixed := [name for name in ("account", "account_id") if name in words]:
            raise invalid({name: [_("Not together with a slice.")] for name in mixed})
        limit = limit_of(words.get("limit"), default=MOVEMENTS_AT_ONCE)
        place = place_in(request, "sliced-movements")
        rows = slices.movements(
            workspace=request.workspace,
            first=first,
            last=last,
            chosen=slice_of(request),
            kind=self.choice(request, "kind", KINDS, "") if "kind" in words else None,
            after=place,
            limit=limit + 1,
        )
        page, more = rows[:limit], len(rows) > limit
        ends = page[-1] if more else None
        place = ends and (ends["date"], ends["account_id"], ends["group"] or "")
        following = write_place("sliced-movements", place) if place else None
        is_grouped = "group_by" in words
        objects = [
            {
                "id": Movement.public_id_of(row["account_id"], row["date"]),
                **{name: row[name] for name in ("account", "account_id", "date", "kind", "amount")},
                **({"group": row["group"]} if is_grouped else {}),
            }
            for row in page
        ]
        return json_answer(
            {
                "results": expand(request.workspace, MOVEMENT, objects, asked_of(MOVEMENT, words)),
                "next": page_address(request, following),
                "previous": None,
            }
        )
