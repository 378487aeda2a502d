"""Likely duplicates, merging one account into another, what a merge did, and splitting it again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts import merges
from accounts.actions import keep_apart, merge_accounts, split_accounts
from accounts.actions.merging import BOTH, FIELDS, LOSER, WINNER, row_of
from accounts.duplicates import KINDS, MOST_PAIRS, likely_duplicates
from accounts.merge_sides import likely_side, sides_of
from accounts.models import Account, AccountMerge
from accounts.queries import standing_accounts
from b2bops.api import columns as c
from b2bops.api.answers import json_answer
from b2bops.api.bodies import read_object
from b2bops.api.endpoint import Endpoint
from b2bops.api.errors import invalid
from b2bops.api.openapi import LOCATION, PATH_ID, json_of, operation, query, ref, whole, with_headers
from workspaces import roles
from workspaces.batch import InvalidRow
from workspaces.ids import is_uuid

SIDES = (WINNER, LOSER, BOTH)
ACCOUNT_SCHEMA = whole({"id": c.UUID, "external_id": c.or_null({"type": "string"}), "name": {"type": "string"}})
EVIDENCE = whole({"kind": {"type": "string", "enum": list(KINDS)}, "value": {"type": "string"}})
PAIR_SCHEMA = whole(
    {
        "accounts": {"type": "array", "minItems": 2, "maxItems": 2, "items": ACCOUNT_SCHEMA},
        "score": {"type": "integer", "description": "The higher, the likelier; the sum of what they share."},
        "evidence": {"type": "array", "items": EVIDENCE},
    }
)
ANY_VALUE = {"description": "As the field of an account holds it; of `parent` the id of the account."}
COUNTS = {
    "type": "object",
    "additionalProperties": {"type": "integer"},
    "description": "How many rows go along, by kind (`contact`, `contract`, `interaction`, …; `account`: subsidiaries).",
}
CHOICE = whole(
    {
        "field": {"type": "string"},
        "values": {"type": "object", "additionalProperties": ANY_VALUE},
        "suggested": {"type": "string", "enum": list(SIDES)},
    }
)
PREVIEW_SCHEMA = whole(
    {
        "winner": ACCOUNT_SCHEMA,
        "loser": ACCOUNT_SCHEMA,
        "fields": {"type": "array", "description": "The fields in which they differ.", "items": CHOICE},
        "moves": COUNTS,
    }
)
TEXTS = {"type": "array", "items": {"type": "string"}}
SPLIT = whole(
    {
        "is_possible": {"type": "boolean"},
        "reasons": TEXTS | {"description": "Why it cannot be."},
        "stays": TEXTS | {"description": "What would stay with the winner, because it was added or changed since."},
    }
)
MERGE_SCHEMA = whole(
    {
        "id": c.UUID,
        "winner": ACCOUNT_SCHEMA,
        "loser": ACCOUNT_SCHEMA,
        "at": c.INSTANT,
        "by": {"type": "string"},
        "moved": COUNTS,
        "changed": {
            "type": "array",
            "description": "What the merge changed of the winner.",
            "items": whole({"field": {"type": "string"}, "before": ANY_VALUE, "after": ANY_VALUE}),
        },
        "split_at": c.or_null(c.INSTANT),
        "split_by": c.or_null({"type": "string"}),
        "split": SPLIT | {"description": "What a split would do as things stand."},
    }
)
TAKE_SCHEMA = {
    "type": "object",
    "additionalProperties": {"type": "string", "enum": list(SIDES)},
    "description": "Field → whose value stands; what is not named is what the preview suggests.",
}


def _account(account: Account) -> dict[str, Any]:
    return {"id": account.pk, "external_id": account.external_id, "name": account.name}


def _merge(merge: AccountMerge) -> dict[str, Any]:
    with transaction.atomic():
        found = merges.outlook(merge, row_of(merge.winner))
    return {
        "id": merge.pk,
        "winner": _account(merge.winner),
        "loser": _account(merge.loser),
        "at": merge.at,
        "by": merge.by,
        "moved": merges.rows_moved(merge),
        "changed": [
            {"field": name.removesuffix("_id") if name == "parent_id" else name, "before": before, "after": after}
            for name, (before, after) in merge.fields.items()
        ],
        "split_at": merge.undone_at,
        "split_by": merge.undone_by or None,
        "split": {"is_possible": not found.reasons, "reasons": found.reasons, "stays": found.stays},
    }


def _merge_or_404(workspace, pk) -> AccountMerge:
    rows = AccountMerge.objects.filter(workspace=workspace)
    return get_object_or_404(rows.select_related("winner__owner__user", "loser", "workspace"), pk=pk)


def _named(workspace, field: str, value: Any) -> Account:
    """The standing account that a body or a query names by its id; refused at the field where there is none."""
    found = standing_accounts(workspace).filter(pk=value).first() if is_uuid(str(value)) else None
    if found is None:
        raise invalid({field: [_("Unknown.")]})
    return found


def _refuse_unknown_fields(body: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(body) - known:
        raise invalid({name[:100]: [_("Unknown field.")] for name in sorted(unknown)})


class Duplicates(Endpoint):
    """``GET /accounts/duplicates/``; ``POST`` notes that two are not the same."""

    permissions = {"POST": roles.EDIT_FACTS}

    def components(self):
        return {"DuplicatePair": PAIR_SCHEMA}

    def operations(self):
        results = whole({"results": {"type": "array", "maxItems": MOST_PAIRS, "items": ref("DuplicatePair")}})
        body = {
            "type": "object",
            "additionalProperties": False,
            "required": ["accounts"],
            "properties": {"accounts": {"type": "array", "minItems": 2, "maxItems": 2, "items": c.UUID}},
        }
        return {
            "GET": operation(
                "list_duplicates",
                f"Pairs of accounts that look like one company, the likeliest first, {MOST_PAIRS} at most",
                tag="accounts",
                parameters=[query("account_id", c.UUID, "Pairs of this account alone.")],
                answers={200: json_of(results, "The pairs")},
            ),
            "POST": operation(
                "keep_accounts_apart",
                "Two accounts are not the same company; the pair is not proposed again",
                tag="accounts",
                body=body,
                answers={204: {"description": "Noted"}},
                is_write=True,
                without=(404,),
            ),
        }

    def get(self, request, **kwargs):
        self.refuse_unknown_parameters(request, {"account_id"})
        account = None
        if (asked := request.GET.get("account_id")) is not None:
            account = _named(request.workspace, "account_id", asked)
        pairs = likely_duplicates(request.workspace, account=account)
        return json_answer(
            {
                "results": [
                    {
                        "accounts": [_account(pair.first), _account(pair.second)],
                        "score": pair.score,
                        "evidence": [{"kind": kind, "value": value} for kind, value in pair.shared],
                    }
                    for pair in pairs
                ]
            }
        )

    def post(self, request, **kwargs):
        self.refuse_unknown_parameters(request, ())
        body = read_object(request._request)
        _refuse_unknown_fields(body, {"accounts"})
        ids = body.get("accounts")
        if not isinstance(ids, list) or len(ids) != 2 or ids[0] == ids[1]:
            raise invalid({"accounts": [_("Two different accounts.")]})
        first, second = (_named(request.workspace, f"accounts.{at}", pk) for at, pk in enumerate(ids))
        if first.pk == second.pk:
            raise invalid({"accounts": [_("Two different accounts.")]})
        keep_apart(workspace=request.workspace, accounts=(first, second), by=request.actor)
        answer = HttpResponse(status=204)
        del answer["Content-Type"]
        return answer


class Merging(Endpoint):
    """``GET /accounts/{id}/merge/?with=``: what a merge would do; ``POST`` does it."""

    permissions = {"POST": roles.EDIT_FACTS}
    tagged = {}

    def components(self):
        return {"MergePreview": PREVIEW_SCHEMA, "AccountMerge": MERGE_SCHEMA}

    def operations(self):
        body = {
            "type": "object",
            "additionalProperties": False,
            "required": ["with"],
            "properties": {"with": c.UUID, "take": TAKE_SCHEMA},
        }
        return {
            "GET": operation(
                "preview_merge",
                "What merging another account into this one would do; nothing is written",
                tag="accounts",
                parameters=[PATH_ID, query("with", c.UUID, "The account that would be taken in.", is_required=True)],
                answers={200: json_of(ref("MergePreview"), "Both, field by field")},
            ),
            "POST": operation(
                "merge_account",
                "Merge the account `with` into this one, which gets everything of it",
                tag="accounts",
                parameters=[PATH_ID],
                body=body,
                answers={201: with_headers(json_of(ref("AccountMerge"), "What became of it"), [LOCATION])},
                is_write=True,
            ),
        }

    def _both(self, request, pk, other: Any) -> tuple[Account, Account]:
        winner = get_object_or_404(standing_accounts(request.workspace), pk=pk)
        if other is None:
            raise invalid({"with": [_("This field is required.")]})
        loser = _named(request.workspace, "with", other)
        if loser.pk == winner.pk:
            raise invalid({"with": [_("Two different accounts.")]})
        return winner, loser

    def get(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, {"with"})
        winner, loser = self._both(request, id, request.GET.get("with"))
        return json_answer(
            {
                "winner": _account(winner),
                "loser": _account(loser),
                "fields": [
                    {"field": name, "values": values, "suggested": likely_side(values)}
                    for name, values in sides_of(winner, loser)
                    if LOSER in values
                ],
                "moves": {kind: count for kind, count in merges.rows_of(loser).items() if count},
            }
        )

    def post(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        body = read_object(request._request)
        _refuse_unknown_fields(body, {"with", "take"})
        winner, loser = self._both(request, id, body.get("with"))
        take = self._sides(dict(sides_of(winner, loser)), {} if body.get("take") is None else body["take"])
        try:
            merge = merge_accounts(workspace=request.workspace, winner=winner, loser=loser, take=take, by=request.actor)
        except InvalidRow as refusal:
            if "row" in refusal.errors:
                raise
            raise invalid({f"take.{path}": texts for path, texts in refusal.errors.items()}) from refusal
        made = _merge(_merge_or_404(request.workspace, merge.pk))
        return json_answer(made, 201, {"Location": self.place_of(request, merge.pk)})

    def place_of(self, request, pk):
        return request.build_absolute_uri(request.path).partition("/accounts/")[0] + f"/merges/{pk}/"

    def _sides(self, known: Mapping[str, dict[str, Any]], asked: Any) -> dict[str, str]:
        """The sides that do not stay the winner's: those that were asked for, and those that the preview suggests."""
        if not isinstance(asked, Mapping):
            raise invalid({"take": [_("This must be an object.")]})
        errors = {}
        for name, side in asked.items():
            values = known.get(name)
            # Where both say the same, or neither anything, either side is right.
            if side not in SIDES or (values is not None and side not in values and side == BOTH):
                errors[f"take.{name[:100]}"] = [_("One of: %(names)s.") % {"names": ", ".join(values or SIDES)}]
            elif values is None and name not in FIELDS and not name.startswith("custom."):
                errors[f"take.{name[:100]}"] = [_("Unknown field.")]
        if errors:
            raise invalid(errors)
        sides = {name: asked.get(name, likely_side(values)) for name, values in known.items() if LOSER in values}
        return {name: side for name, side in sides.items() if side != WINNER}


class MergeItem(Endpoint):
    """``GET /merges/{id}/``."""

    def components(self):
        return {"AccountMerge": MERGE_SCHEMA}

    def operations(self):
        return {
            "GET": operation(
                "get_merge",
                "What a merge did, and what splitting it would do",
                tag="accounts",
                parameters=[PATH_ID],
                answers={200: json_of(ref("AccountMerge"), "The merge")},
            )
        }

    def get(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        return json_answer(_merge(_merge_or_404(request.workspace, id)))


class Splitting(Endpoint):
    """``POST /merges/{id}/split/``."""

    permissions = {"POST": roles.EDIT_FACTS}

    def components(self):
        return {"AccountMerge": MERGE_SCHEMA}

    def operations(self):
        return {
            "POST": operation(
                "split_merge",
                "Take a merge back: the account stands again with what came from it; 409 says why it cannot be",
                tag="accounts",
                parameters=[PATH_ID],
                answers={200: json_of(ref("AccountMerge"), "The merge; `split.stays` names what stayed")},
                is_write=True,
            )
        }

    def post(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        if request.body:
            _refuse_unknown_fields(read_object(request._request), set())
        merge = _merge_or_404(request.workspace, id)
        found = split_accounts(workspace=request.workspace, merge=merge, by=request.actor)
        made = _merge(_merge_or_404(request.workspace, id))
        return json_answer(made | {"split": {"is_possible": False, "reasons": [], "stays": found.stays}})
