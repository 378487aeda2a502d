"""Closing days: asking for it, and how far it has come."""

from django.utils import timezone
from django.utils.translation import gettext

from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.bodies import read_object
from b2bops.api.endpoint import Endpoint
from b2bops.api.errors import invalid
from b2bops.api.openapi import LOCATION, PATH_ID, json_of, operation, page_schema, query, ref, whole, with_headers
from b2bops.api.paging import LONGEST_LIMIT, Ordering, limit_of, page_address, page_of
from jobs.models import Run
from metrics.actions import request_closing
from metrics.queries import closed_through
from workspaces import roles
from workspaces.shapes import Day, Shape, check

KIND = "closing"
SOURCES = ["id", "state", "progress", "params", "error", "created_at", "started_at", "finished_at"]
NEWEST_FIRST = Ordering("id", "id", is_descending=True)

ERROR = whole(
    {
        "code": {"type": "string"},
        "message": {"type": "string"},
        "currency": c.or_null({"type": "string"}),
        "day": c.or_null(c.DATE),
    }
)
CLOSING_SCHEMA = whole(
    {
        "id": c.UUID,
        "status": {"type": "string", "enum": [state for state, _label in Run.STATES]},
        "progress": {"type": "number", "minimum": 0, "maximum": 1},
        "until": c.DATE,
        "since": c.or_null(c.DATE),
        "closed_through": c.or_null(c.DATE) | {"description": "The workspace's last closed day."},
        "error": c.or_null(ERROR),
        "created_at": c.INSTANT,
        "started_at": c.or_null(c.INSTANT),
        "finished_at": c.or_null(c.INSTANT),
    }
)


class ClosingShape(Shape):
    """until: the last day to close. since: days from here on are computed again, closed or not."""

    until: Day
    since: Day | None = None


def closing_object(row: tuple, closed) -> dict:
    """A run of `SOURCES` as the API shows it; `closed` is the workspace's last closed day."""
    pk, state, progress, params, error, created_at, started_at, finished_at = row
    return {
        "id": pk,
        "status": state,
        "progress": float(progress),
        "until": params.get("until"),
        "since": params.get("since"),
        "closed_through": closed,
        "error": error
        and {
            "code": error["code"],
            "message": gettext(error["message"]) % error,
            "currency": error.get("currency"),
            "day": error.get("day"),
        },
        "created_at": created_at,
        "started_at": started_at,
        "finished_at": finished_at,
    }


class ClosingEndpoint(Endpoint):
    permissions = {"POST": roles.CLOSE_DAYS}

    def components(self):
        return {"Closing": CLOSING_SCHEMA}

    def rows(self, request):
        return Run.objects.filter(workspace=request.workspace, kind=KIND)


class ClosingList(ClosingEndpoint):
    """``GET /closings/``, ``POST /closings/``."""

    def operations(self):
        page = page_schema("Closing")
        body = {
            "type": "object",
            "additionalProperties": False,
            "required": ["until"],
            "properties": {"until": c.DATE, "since": c.or_null(c.DATE)},
        }
        return {
            "GET": operation(
                "list_closings",
                "The closings that were asked for, latest first",
                tag="closings",
                parameters=[
                    query("limit", {"type": "integer", "minimum": 1, "maximum": LONGEST_LIMIT}),
                    query("cursor", {"type": "string"}),
                ],
                answers={200: json_of(page, "The closings")},
            ),
            "POST": operation(
                "request_closing",
                "Have days closed; a worker does it, and the answer says where to look",
                tag="closings",
                body=body,
                answers={202: with_headers(json_of(ref("Closing"), "Asked for"), (LOCATION,))},
                is_write=True,
            ),
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"limit", "cursor"})
        page = page_of(
            self.rows(request),
            name="closings",
            sources=SOURCES,
            ordering=NEWEST_FIRST,
            limit=limit_of(request.GET.get("limit")),
            cursor=request.GET.get("cursor"),
        )
        closed = closed_through(request.workspace)
        return json_answer(
            {
                "results": [closing_object(row, closed) for row in page.rows],
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )

    def post(self, request, **kwargs):
        self.refuse_unknown_parameters(request, ())
        wanted, errors = check(ClosingShape, read_object(request._request))
        if errors:
            raise invalid(errors)
        run = request_closing(
            workspace=request.workspace, until=wanted.until, since=wanted.since, by=request.actor, at=timezone.now()
        )
        row = self.rows(request).values_list(*SOURCES).get(pk=run.pk)
        made = closing_object(row, closed_through(request.workspace))
        return json_answer(made, 202, {"Location": request.build_absolute_uri(f"{request.path}{run.pk}/")})


class ClosingItem(ClosingEndpoint):
    """``GET /closings/{id}/``."""

    def operations(self):
        return {
            "GET": operation(
                "get_closing",
                "How far a closing has come",
                tag="closings",
                parameters=[PATH_ID],
                answers={200: json_of(ref("Closing"), "The closing")},
            )
        }

    def get(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        row = self.rows(request).values_list(*SOURCES).get(pk=id)
        return json_answer(closing_object(row, closed_through(request.workspace)))
