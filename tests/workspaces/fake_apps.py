"""WeCom, DingTalk and Feishu as far as signing in speaks to them: a server on this machine that knows some people."""

import html
import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from allauth.socialaccount.models import SocialAccount
from django.test import Client

from tests.cast import PASSWORD, with_password
from workspaces.actions.identities import connect_identity

SECURITY = "/sign-in/security/"
# What each app says of Ms Wang, and the id that she is known by then. The address is a member's, and nobody checked it.
WANG = {
    "wecom": ({"userid": "wang.fang"}, "ww123:wang.fang"),
    "dingtalk": ({"nick": "王芳", "unionId": "ding-union", "openId": "o", "email": "member@example.com"}, "ding-union"),
    "feishu": ({"name": "王芳", "union_id": "on_wang", "open_id": "ou_1", "email": "member@example.com"}, "on_wang"),
}


class FakeApps:
    """people: code → what the app says of whoever brings it. broken: the answer to everything, as (status, body)."""

    def __init__(self):
        self.people: dict[str, dict] = {}
        self.asked: list[tuple[str, dict]] = []
        self.broken: tuple[int, str] | None = None
        self.wecom_token = "corp-token-1"
        self.url = ""

    def settings(self) -> dict:
        return {
            "wecom": {
                "client_id": "ww123",
                "key": "1000002",
                "secret": "wecom-secret",
                "addresses": {"api": self.url, "login": "https://wecom.example", "inside": "https://inside.example"},
            },
            "dingtalk": {
                "client_id": "ding123",
                "secret": "ding-secret",
                "addresses": {"api": self.url, "login": "https://ding.example"},
            },
            "feishu": {"client_id": "cli_123", "secret": "feishu-secret", "addresses": {"api": self.url}},
        }

    def answer(self, path: str, data: dict, headers) -> tuple[int, dict]:
        match path:
            case "/cgi-bin/gettoken":
                if (data["corpid"], data["corpsecret"]) != ("ww123", "wecom-secret"):
                    return 200, {"errcode": 40001, "errmsg": "invalid credential"}
                told = {"access_token": self.wecom_token, "expires_in": 7200} if self.wecom_token else {}
                return 200, {"errcode": 0} | told
            case "/cgi-bin/auth/getuserinfo":
                if data["access_token"] != self.wecom_token:
                    return 200, {"errcode": 42001, "errmsg": "access_token expired"}
                return 200, {"errcode": 0, **self.people[data["code"]]} if data["code"] in self.people else {
                    "errcode": 40029,
                    "errmsg": "invalid code",
                }
            case "/v1.0/oauth2/userAccessToken":
                assert (data["clientId"], data["clientSecret"]) == ("ding123", "ding-secret")
                if data["code"] not in self.people:
                    return 400, {"code": "invalidParameter.authCode.notFound"}
                return 200, {"accessToken": data["code"], "refreshToken": "r", "expireIn": 7200}
            case "/v1.0/contact/users/me":
                return 200, self.people[headers["x-acs-dingtalk-access-token"]]
            case "/open-apis/auth/v3/app_access_token/internal/":
                assert (data["app_id"], data["app_secret"]) == ("cli_123", "feishu-secret")
                return 200, {"code": 0, "app_access_token": "app-token"}
            case "/open-apis/authen/v1/access_token":
                if data["code"] not in self.people:
                    return 200, {"code": 20003, "msg": "invalid code"}
                return 200, {"code": 0, "data": {"access_token": data["code"], "expires_in": 7200}}
            case "/open-apis/authen/v1/user_info":
                return 200, {"code": 0, "data": self.people[headers["authorization"].removeprefix("Bearer ")]}
        return 404, {}


@contextmanager
def fake_apps():
    apps = FakeApps()

    class Handler(BaseHTTPRequestHandler):
        def _reply(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            parts = urlsplit(self.path)
            data = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if body.startswith("{"):
                data |= json.loads(body)
            else:
                data |= {name: values[0] for name, values in parse_qs(body).items()}
            apps.asked.append((parts.path, data))
            status, text = apps.broken or (0, "")
            if not status:
                status, answer = apps.answer(parts.path, data, self.headers)
                text = json.dumps(answer)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _reply

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    apps.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield apps
    finally:
        server.shutdown()
        server.server_close()


def leave(client: Client, path: str, **data) -> tuple[str, dict]:
    """Press a button: the address it leads to, without its query, and the query."""
    answer = client.post(path, data)
    assert answer.status_code == 200, answer
    url = html.unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())[1])
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", {k: v[0] for k, v in parse_qs(parts.query).items()}


def come_back(client: Client, app: str, *, state: str, code: str = "code-wang", **params):
    name = "authCode" if app == "dingtalk" else "code"
    return client.get(f"/sign-in/with/{app}/back/", {name: code, "state": state, **params})


def sign_in(client: Client, app: str = "feishu", code: str = "code-wang", **data):
    _, query = leave(client, f"/sign-in/with/{app}/", **data)
    return come_back(client, app, state=query["state"], code=code)


def connected(person, app="feishu") -> SocialAccount:
    return connect_identity(user=person.user, app=app, uid=WANG[app][1], name="王芳")


def is_in(client: Client) -> bool:
    return client.get(SECURITY).status_code == 200


def confirmed(person) -> Client:
    """A browser signed in by password, which was just entered once more."""
    with_password(person)
    client = Client()
    client.post("/sign-in/login/", {"login": person.user.email, "password": PASSWORD})
    client.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    return client
