"""Group robots of 企业微信, 钉钉 and 飞书: webhooks whose receiver is a chat. Each vendor has its own form of a message, its
own signature, and answers 200 also when it refused; only its error code says so. Pure.

Formats as documented by the vendors: developer.work.weixin.qq.com/document/path/91770,
open.dingtalk.com/document/robots/custom-robot-access, open.feishu.cn/document/client-docs/bot-v3/add-custom-bot.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jobs.webhooks.signing import USER_AGENT

HEADERS = {"content-type": "application/json; charset=utf-8", "user-agent": USER_AGENT}
# What would begin a link, a mention, a heading or a tag in one of the dialects; its full-width twin reads the same.
TWINS = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "[]()<>*_`#~|\\"} | {"\n": " ", "\r": " "})
SPACES = re.compile(r"[\x00-\x1f\x7f]+")


class Vendor(TextChoices):
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")


@dataclass(frozen=True)
class Section:
    """A heading and the lines under it; both may hold **bold** and [links](https://…), and are `plain` otherwise."""

    heading: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Message:
    """What a robot says, before it is put in its vendor's form. label, url: the button at the end."""

    title: str
    sections: Sequence[Section]
    label: str
    url: str

    def as_data(self) -> dict[str, Any]:
        sections = [{"heading": one.heading, "lines": list(one.lines)} for one in self.sections]
        return {"title": self.title, "sections": sections, "label": self.label, "url": self.url}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "Message":
        sections = [Section(one["heading"], tuple(one["lines"])) for one in data["sections"]]
        return cls(data["title"], sections, data["label"], data["url"])

    def without_last_line(self) -> "Message":
        """Shorter by the last line, and by headings with nothing under them."""
        *before, last = self.sections
        kept = [*before, Section(last.heading, last.lines[:-1])] if len(last.lines) > 1 else before
        return Message(self.title, kept, self.label, self.url)


@dataclass(frozen=True)
class Request:
    """What is posted. timestamp, signature: as sent, for the log; empty where the robot has no secret."""

    url: str
    body: str
    headers: Mapping[str, str] = field(default_factory=lambda: HEADERS)
    timestamp: str = ""
    signature: str = ""


def plain(text: str) -> str:
    """Somebody's text as the dialects show it: nothing in it begins a link or a mention."""
    return SPACES.sub(" ", text).translate(TWINS).strip()


def link(text: str, url: str) -> str:
    return f"[{plain(text)}]({url})"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _signature(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


# 企业微信 takes 4096 bytes of UTF-8 and refuses the message otherwise.
WECOM_LONGEST = 4096


def _wecom(url: str, secret: str, message: Message, at: dt.datetime) -> Request:
    def text(of: Message) -> str:
        parts = [f"### {of.title}"]
        parts += ["\n".join([f"**{one.heading}**", *(f"> {line}" for line in one.lines)]) for one in of.sections]
        return "\n\n".join([*parts, f"[{of.label}]({of.url})"])

    while message.sections and len(text(message).encode()) > WECOM_LONGEST:
        message = message.without_last_line()
    content = text(message).encode()[:WECOM_LONGEST].decode("utf-8", "ignore")
    return Request(url, _json({"msgtype": "markdown", "markdown": {"content": content}}))


def _dingtalk(url: str, secret: str, message: Message, at: dt.datetime) -> Request:
    # A line ends only with an empty one after it, or as an entry of a list.
    parts = [f"### {message.title}"]
    for one in message.sections:
        parts += [f"**{one.heading}**", "\n".join(f"- {line}" for line in one.lines)]
    card = {"title": message.title, "text": "\n\n".join(parts), "singleTitle": message.label, "singleURL": message.url}
    body = _json({"msgtype": "actionCard", "actionCard": card})
    if not secret:
        return Request(url, body)
    timestamp = str(int(at.timestamp() * 1000))
    signature = _signature(secret, f"{timestamp}\n{secret}")
    joint = "&" if urlsplit(url).query else "?"
    signed = f"{url}{joint}{urlencode({'timestamp': timestamp, 'sign': signature})}"
    return Request(signed, body, timestamp=timestamp, signature=signature)


def _feishu(url: str, secret: str, message: Message, at: dt.datetime) -> Request:
    elements: list[dict[str, Any]] = [
        {"tag": "div", "text": {"tag": "lark_md", "content": "\n".join([f"**{one.heading}**", *one.lines])}}
        for one in message.sections
    ]
    button = {
        "tag": "button",
        "text": {"tag": "plain_text", "content": message.label},
        "url": message.url,
        "type": "primary",
    }
    card = {
        "config": {"wide_screen_mode": True},
        "header": {"template": "blue", "title": {"tag": "plain_text", "content": message.title}},
        "elements": [*elements, {"tag": "action", "actions": [button]}],
    }
    signed: dict[str, str] = {}
    if secret:
        timestamp = str(int(at.timestamp()))
        # Here the secret is part of the key, and what is signed is nothing.
        signed = {"timestamp": timestamp, "sign": _signature(f"{timestamp}\n{secret}", "")}
    body = _json({**signed, "msg_type": "interactive", "card": card})
    return Request(url, body, timestamp=signed.get("timestamp", ""), signature=signed.get("sign", ""))


@dataclass(frozen=True)
class Robot:
    """hosts, path: where the vendor takes messages. has_secret: whether messages can be signed. codes: under which names
    an answer says what went wrong; 0 is well.
    """

    hosts: tuple[str, ...]
    path: str
    parameter: str
    has_secret: bool
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    request: Callable[[str, str, Message, dt.datetime], Request]


ROBOTS = {
    Vendor.WECOM: Robot(
        ("qyapi.weixin.qq.com",), "/cgi-bin/webhook/send", "key", False, ("errcode",), ("errmsg",), _wecom
    ),
    Vendor.DINGTALK: Robot(
        ("oapi.dingtalk.com",), "/robot/send", "access_token", True, ("errcode",), ("errmsg",), _dingtalk
    ),
    Vendor.FEISHU: Robot(
        ("open.feishu.cn", "open.larksuite.com"),
        "/open-apis/bot/v2/hook/",
        "",
        True,
        ("code", "StatusCode"),
        ("msg", "StatusMessage"),
        _feishu,
    ),
}


def vendor_of_host(host: str) -> Vendor | None:
    return next((vendor for vendor, robot in ROBOTS.items() if host in robot.hosts), None)


def refusal_in(vendor: str, answer: str) -> str | None:
    """What an answer of status 200 says against the message: code and words; None when it was taken."""
    robot = ROBOTS[Vendor(vendor)]
    try:
        said = json.loads(answer)
    except ValueError:
        return "?"
    if not isinstance(said, dict):
        return "?"
    code = next((said[name] for name in robot.codes if said.get(name) is not None), None)
    if code == 0:
        return None
    words = next((str(said[name]) for name in robot.texts if said.get(name)), "")
    return " ".join(filter(None, ["?" if code is None else str(code), words]))[:300]
