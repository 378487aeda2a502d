"""The endpoints of every collection of facts: list and create, one, batch."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from b2bops.api import fact_operations
from b2bops.api.answers import json_answer
from b2bops.api.bodies import read_list, read_object
from b2bops.api.collection import MANY, Collection
from b2bops.api.endpoint import Endpoint
from b2bops.api.errors import ApiError, invalid
from b2bops.api.paging import limit_of, page_address, page_of
from workspaces.batch import one

LONGEST_REASON = 500


class FactEndpoint(Endpoint):
    collection: Any = None  # given by urls.py; as_view() demands that the attribute exists

    @property
    def permissions(self):
        return dict.fromkeys(("POST", "PATCH", "DELETE"), self.collection.permission)

    def components(self):
        return fact_operations.components(self.collection)


class FactList(FactEndpoint):
    """``GET /accounts/``, ``POST /accounts/``."""

    def operations(self):
        return fact_operations.list_operations(self.collection)

    def get(self, request, **kwargs):
        collection: Collection = self.collection
        words = request.GET
        self.refuse_unknown_parameters(request, {"limit", "cursor", "ordering", *collection.filters})
        ordering = collection.orderings.get(words.get("ordering", "id"))
        if ordering is None:
            allowed = ", ".join(sorted(word for word in collection.orderings if word[0] != "-"))
            raise invalid({"ordering": [_("Ordered by one of: %(names)s.") % {"names": allowed}]})
        page = page_of(
            collection.rows(request.workspace).filter(**self._conditions(words)),
            name=collection.name,
            sources=collection.sources,
            ordering=ordering,
            limit=limit_of(words.get("limit")),
            cursor=words.get("cursor"),
        )
        return json_answer(
            {
                "results": collection.objects(request.workspace, page.rows),
                "next": page_address(request, page.next),
                "previous": page_address(request, page.previous),
            }
        )

    def post(self, request, **kwargs):
        collection: Collection = self.collection
        self.refuse_unknown_parameters(request, ())
        body = read_object(request._request)
        if "id" in body:
            raise invalid({"id": [_("Ids are given by the system.")]})
        result = one(collection.save(workspace=request.workspace, rows=[body], by=request.actor, mode="create"))
        made = collection.object(request.workspace, result.id)
        return json_answer(made, 201, {"Location": request.build_absolute_uri(f"{request.path}{result.id}/")})

    def _conditions(self, words) -> dict:
        conditions, errors = {}, {}
        for name, column in self.collection.filters.items():
            if name in words:
                try:
                    conditions[column.path] = column.filter(words[name])
                except ValueError as exc:
                    errors[name] = [str(exc)]
        if errors:
            raise invalid(errors)
        return conditions


class FactItem(FactEndpoint):
    """``GET``, ``PATCH``, ``DELETE /accounts/{id}/``."""

    def operations(self):
        return fact_operations.item_operations(self.collection)

    def get(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, ())
        return json_answer(self.collection.object(request.workspace, id))

    def patch(self, request, id, **kwargs):
        collection: Collection = self.collection
        self.refuse_unknown_parameters(request, ())
        collection.object(request.workspace, id)
        body = read_object(request._request)
        if str(body.get("id", id)) != str(id):
            raise invalid({"id": [_("Ids do not change.")]})
        rows = [{**body, "id": str(id)}]
        one(collection.save(workspace=request.workspace, rows=rows, by=request.actor, mode="update"))
        return json_answer(collection.object(request.workspace, id))

    def delete(self, request, id, **kwargs):
        self.refuse_unknown_parameters(request, {"reason"})
        reason = self._reason(request)
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
