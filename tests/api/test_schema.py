import json

import pytest
from django.conf import settings
from drf_spectacular.validation import validate_schema

from b2bops.api.openapi import document
from b2bops.management.commands import api_schema
from tests.api.client import Api

COLLECTIONS = ["accounts", "contacts", "products", "contracts", "fx-rates", "spend"]


def test_schema_is_checked_in():
    """On a difference: `./run manage api_schema --write`, and look at what changed for those who build on it."""
    assert api_schema.PATH.read_text(encoding="utf-8") == api_schema.as_text()


def test_schema_is_valid():
    validate_schema(document())


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
