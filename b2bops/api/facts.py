"""The endpoints of every collection of facts: list and create, one, batch."""

from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.utils.translation import gettext as _

from b2bops.api import expansion, fact_operations
from b2bops.api.answers import json_answer, to_json
from b2bops.api.bodies import read_list, read_object
from b2bops.api.collection import MANY, Collection
from b2bops.api.endpoint import Endpoint
from b2bops.api.errors import ApiError, invalid
from b2bops.api.filters import conditions, is_true
from b2bops.api.paging import limit_of, page_address, page_of
from b2bops.api.preconditions import require_match, tag
from workspaces.batch import one
from workspaces.turns import take_turn

LONGEST_REASON = 500


class FactEndpoint(Endpoint):
    collection: Any = None  # given by urls.py; as_view() demands that the attribute exists

    @property
    def permissions(self):
        return dict.fromkeys(("POST", "PATCH", "DELETE"), self.collection.permission)

    def components(self):
        return fact_operations.components(self.collection)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        # Read before anything is written: a refusal must leave nothing behind.
        self.tree = expansion.asked_of(self.collection, request.GET)

    def shown(self, request, objects: list[dict]) -> list[dict]:
        """Objects as this request wants them."""
        return expansion.expand(request.workspace, self.collection, objects, self.tree)

    def shown_one(self, request, pk, *, with_voided: bool = False) -> dict:
        made = self.collection.object(request.workspace, pk, with_voided=with_voided)
        return self.shown(request, [made])[0]


class FactList(FactEndpoint):
    """``GET /accounts/``, ``POST /accounts/``."""

    def operations(self):
        return fact_operations.list_operations(self.collection)

    def get(self, request, **kwargs):
        collection: Collection = self.collection
        words = request.GET
        narrowing = collection.narrowing
        asked = {name: words.getlist(name) for name in words if narrowing is not None and narrowing.reads(name)}
        self.refuse_unknown_parameters(request, {*fact_operations.list_words(collection), *asked})
        ordering = collection.orderings.get(words.get("ordering", "id"))
        if ordering is None:
            allowed = ", ".join(sorted(word for word in collection.orderings if word[0] != "-"))
            raise invalid({"ordering": [_("Ordered by one of: %(names)s.") % {"names": allowed}]})
        rows = collection.rows(request.workspace, with_voided=is_true(words, "include_voided"))
        rows = rows.filter(conditions(collection.filters, words, request.workspace.fiscal_year_start_month))
        if narrowing is not None and asked:
            rows = narrowing.narrow(rows, request.workspace, asked, request.actor.user_id)
        page = page_of(
            rows,
            name=collection.name,
            sources=collection.sources,
            ordering=ordering,
            limit=limit_of(words.get("limit")),
            cursor=words.get("cursor"),
        )
        return json_answer(
            {
                "results": self.shown(request, collection.objects(request.workspace, page.rows)),
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )

    def post(self, request, **kwargs):
        collection: Collection = self.collection
        self.refuse_unknown_parameters(request, {"expand"})
        body = read_object(request._request)
        if "id" in body:
            raise invalid({"id": [_("Ids are given by the system.")]})
        result = one(collection.save(workspace=request.workspace, rows=[body], by=request.actor, mode="create"))
        made = self.shown_one(request, result.id)
        return tag(json_answer(made, 201, {"Location": request.build_absolute_uri(f"{request.path}{result.id}/")}))


class FactItem(FactEndpoint):
    """``GET``, ``PATCH``, ``DELETE /accounts/{id}/``."""

    def operations(self):
        return fact_operations.item_operations(self.collection)

    def get(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, {"expand", "include_voided"})
        with self._merged_is_told(request, id):
            return json_answer(self.shown_one(request, id, with_voided=is_true(request.GET, "include_voided")))

    def patch(self, request, id, **kwargs):
        collection: Collection = self.collection
        self.refuse_unknown_parameters(request, {"expand"})
        with self._merged_is_told(request, id):
            self._require_match(request, id)
        body = read_object(request._request)
        if str(body.get("id", id)) != str(id):
            raise invalid({"id": [_("Ids do not change.")]})
        rows = [{**body, "id": str(id)}]
        one(collection.save(workspace=request.workspace, rows=rows, by=request.actor, mode="update"))
        return tag(json_answer(self.shown_one(request, id)))

    @contextmanager
    def _merged_is_told(self, request, id):
        """What was merged into another is read there, and not written: nobody is to change another than they meant."""
        try:
            yield
        except ObjectDoesNotExist:
            heir = self.collection.heir(request.workspace, id) if self.collection.heir else None
            if heir is None:
                raise
            here = request.build_absolute_uri(request.path).removesuffix(f"{id}/")
            raise ApiError(
                301 if request.method in ("GET", "HEAD") else 409,
                "merged",
                _("It was merged into %(id)s.") % {"id": heir},
                headers={"Location": f"{here}{heir}/"},
            ) from None

    def _require_match(self, request, id) -> None:
        """The object stands, and as the writer saw it where they say so; nobody else writes this kind until the end."""
        if "If-Match" in request.headers:
            take_turn(request.workspace, self.collection.noun)
            require_match(request, to_json(self.shown_one(request, id)))
        else:
            self.collection.object(request.workspace, id)

    def delete(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, {"reason", "expand"})
        reason = self._reason(request)
        with self._merged_is_told(request, id):
            self._require_match(request, id)
        self.collection.void(workspace=request.workspace, pk=id, reason=reason, by=request.actor)
        answer = HttpResponse(status=204)
        del answer["Content-Type"]
        return answer

    def _reason(self, request) -> str:
        body = read_object(request._request) if request.body else {}
        if unknown := set(body) - {"reason"}:
            raise invalid({name[:100]: [_("Unknown field.")] for name in sorted(unknown)})
        reason = body.get("reason", request.GET.get("reason"))
        if reason is None:
            return str(_("Voided through the API"))
        if not isinstance(reason, str) or not reason.strip() or len(reason) > LONGEST_REASON:
            raise invalid({"reason": [_("A text of 1 to %(most)s characters.") % {"most": LONGEST_REASON}]})
        return reason.strip()


class FactBatch(FactEndpoint):
    """``POST /accounts/batch/``: created or updated by external id; good rows are kept, bad ones come back."""

    def operations(self):
        return fact_operations.batch_operations(self.collection)

    def post(self, request, **kwargs):
        self.refuse_unknown_parameters(request, ())
        rows = read_list(request._request)
        if len(rows) > MANY:
            raise ApiError(413, "too_many_rows", _("At most %(most)s rows at once.") % {"most": MANY})
        results = self.collection.save(workspace=request.workspace, rows=rows, by=request.actor)
        return json_answer(
            {
                "results": [
                    {
                        "index": result.index,
                        "external_id": result.external_id,
                        "id": result.id,
                        "status": result.status,
                        "errors": result.errors,
                    }
                    for result in results
                ]
            }
        )
