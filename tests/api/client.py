"""A caller of the API: a key, JSON in and out."""

import json
from dataclasses import dataclass, field

from django.test import Client


@dataclass
class Api:
    """``api.get("accounts/", limit=2)``; answers are Django's, with ``.json()``. key None: no Authorization header."""

    key: str | None
    client: Client = field(default_factory=Client)

    def call(self, method: str, path: str, body=None, *, words=None, **headers):
        if self.key is not None:
            headers.setdefault("Authorization", f"Bearer {self.key}")
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method,
            path if path.startswith("/") else f"/api/v1/{path}",
            content,
            headers.pop("content_type", "application/json"),
            query_params=words,
            headers=headers,
        )

    def get(self, path, **words):
        return self.call("GET", path, words=words)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, **headers)

    def patch(self, path, body=None, **headers):
        return self.call("PATCH", path, body, **headers)

    def delete(self, path, body=None, words=None, **headers):
        return self.call("DELETE", path, body, words=words, **headers)


def error_of(answer, status: int, code: str) -> dict:
    """The error object of an answer that must be this refusal."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"code", "message", "fields", "request_id"}
    assert error["code"] == code, error
    assert error["message"]
    assert error["request_id"]
    return error
