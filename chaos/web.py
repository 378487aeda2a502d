"""A caller from outside, over a connection of its own: no answer is an answer of status 0."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Web:
    """The web server on this port. A request opens and closes a connection, as most integrations do."""

    port: int

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, None, headers)

    def post(self, path: str, body: object, **headers: str) -> Answer:
        return self.request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"} | headers)

    def request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            return Answer(answer.status, answer.read(), dict(answer.getheaders()))
        except (OSError, http.client.HTTPException):
            return Answer(0, b"")
        finally:
            link.close()
