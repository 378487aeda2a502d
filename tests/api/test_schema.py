import json

import pytest
from django.conf import settings
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from b2bops.api.openapi import document
from b2bops.management.commands import api_schema
from tests.api.client import Api

COLLECTIONS = ["accounts", "contacts", "products", "contracts", "fx-rates", "spend", "interactions", "tasks"]


def test_schema_is_checked_in():
    """On a difference: `./run manage api_schema --write`, and look at what changed for those who build on it."""
    assert api_schema.PATH.read_text(encoding="utf-8") == api_schema.as_text()


def test_schema_is_valid():
    """Against the meta-schema of OpenAPI 3.1, and each schema in it against that of JSON Schema 2020-12."""
    validate_schema(document())
    for name, schema in document()["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema["type"], name
    broken = json.loads(api_schema.as_text())
    broken["paths"]["/api/v1/accounts/"]["get"]["responses"]["200"].pop("description")
    with pytest.raises(ValidationError):
        validate_schema(broken)
    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema({"type": "text"})


def references(node) -> set[str]:
    """Every `$ref` within a part of the document."""
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(part) for part in node.values()))
    return set().union(*(references(part) for part in node)) if isinstance(node, list) else set()


def test_schema_names_nothing_that_is_missing():
    made = json.loads(api_schema.as_text())
    for address in references(made):
        at = made
        for step in address.removeprefix("#/").split("/"):
            at = at[step]
    used = {address.rpartition("/")[2] for address in references(made)}
    assert set(made["components"]["schemas"]) <= used, "schemas that no operation uses"


def test_operations_are_named_once():
    names = [operation["operationId"] for item in document()["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))


# What a server says of any answer; the rest is the API's own and stands in the document.
ANY_SERVERS = {
    "Allow",
    "Content-Language",
    "Content-Type",
    "Content-Length",
    "Cache-Control",
    "Expires",
    "Vary",
    "X-Frame-Options",
}


def headers_of(path: str, method: str, status: int) -> set[str]:
    made = document()
    answer = made["paths"][path][method]["responses"][str(status)]
    if "$ref" in answer:
        answer = made["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return set(answer.get("headers", {}))


def test_headers_are_documented(api):
    """What comes with answers of each kind, and is ours, stands in the document, and the other way round."""
    once = {"Idempotency-Key": "k"}
    made = api.post("accounts/", {"name": "A"}, **once)
    path, listed, item = f"accounts/{made.json()['id']}/", "/api/v1/accounts/", "/api/v1/accounts/{id}/"
    replayed = api.post("accounts/", {"name": "A"}, **once)
    assert headers_of(listed, "post", 201) == own(made) | {"Idempotent-Replayed"} == own(replayed)
    shown = api.get(path)
    assert headers_of(item, "get", 200) == own(shown)
    assert headers_of(item, "get", 304) == own(api.call("GET", path, **{"If-None-Match": shown["ETag"]}))
    assert headers_of(item, "get", 404) == own(api.get(f"accounts/{'0' * 8}-0000-7000-8000-{'0' * 12}/"))
    assert headers_of(item, "patch", 200) == own(api.patch(path, {"name": "B"})) | {"Idempotent-Replayed"}
    assert headers_of(item, "patch", 412) == own(api.patch(path, {"name": "C"}, **{"If-Match": '"x"'}))
    assert headers_of(item, "delete", 204) == own(api.delete(path)) | {"Idempotent-Replayed"}
    assert headers_of(listed, "get", 401) == own(Api(None).get("accounts/"))
    refused = api.call("PUT", "accounts/")
    assert (headers_of(listed, "get", 405) - {"Allow"}, refused.has_header("Allow")) == (own(refused), True)
    closing = api.post("closings/", {"until": "2025-12-31"})
    assert headers_of("/api/v1/closings/", "post", 202) == own(closing) | {"Idempotent-Replayed"}


def own(answer) -> set[str]:
    names = {name for name in answer.headers if name not in ANY_SERVERS and not name.startswith("Cross-Origin")}
    return names - {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Strict-Transport-Security"}


def test_schema_served_to_anyone(db):
    answer = Api(None).get("schema/")
    assert answer.status_code == 200
    assert answer.json() == json.loads(api_schema.as_text())
    assert answer.json()["openapi"].startswith("3.1")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_schema_takes_what_the_shape_takes(name):
    views = dict(document()["paths"].items())
    body = views[f"/api/v1/{name}/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    shown = views[f"/api/v1/{name}/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    schemas = document()["components"]["schemas"]
    read = schemas[shown["properties"]["results"]["items"]["$ref"].rpartition("/")[2]]["properties"]
    write = schemas[body["$ref"].rpartition("/")[2]]["properties"]
    assert set(write) <= set(read)
    assert {"id", "external_id"} <= set(read)
    assert "id" not in write


def test_pages_under_the_strict_policy(client, db):
    answer = client.get("/api/v1/docs/")
    assert answer.status_code == 200
    assert "text/html" in answer["Content-Type"]
    html = answer.content.decode()
    assert "<style" not in html
    assert "style=" not in html
    assert all('src="/static/' in tag for tag in html.split("<script")[1:])
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert settings.STATIC_URL == "/static/"
