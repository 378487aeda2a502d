"""Where a person is signed in: which device, since when, from which address."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.identities.apps import app_name
from workspaces.models import User

# First match wins: Edge calls itself Chrome as well, and Chrome Safari; apps with a browser inside claim all three.
BROWSERS = [
    (r"wxwork/", gettext_lazy("WeCom")),
    (r"MicroMessenger/", gettext_lazy("WeChat")),
    (r"DingTalk/", gettext_lazy("DingTalk")),
    (r"Lark/|Feishu/", gettext_lazy("Feishu")),
    (r"Edg(A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
]
SYSTEMS = [
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"HarmonyOS|OpenHarmony", "HarmonyOS"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Macintosh|Mac OS X", "macOS"),
    (r"CrOS", "ChromeOS"),
    (r"Linux", "Linux"),
]
PHONES = ("iPhone", "Android", "HarmonyOS")


@dataclass(frozen=True)
class SignedIn:
    """One session. device: browser and system in words. place: what the address alone says, "" for a public one.
    by: the work app that opened it.
    """

    pk: int
    device: str
    is_phone: bool
    address: str
    place: str
    began_at: datetime
    last_seen_at: datetime
    is_current: bool
    by: str = ""


def sessions_of(user: User, *, current_key: str | None) -> list[SignedIn]:
    """The sessions of `user` that still open something, this one first, then the latest seen."""
    alive = [
        SignedIn(
            pk=session.pk,
            device=device_name(session.user_agent),
            is_phone=_first(SYSTEMS, session.user_agent) in PHONES,
            address=session.ip,
            place=place_of(session.ip),
            began_at=session.created_at,
            last_seen_at=session.last_seen_at,
            is_current=session.session_key == current_key,
            by=app_name(key) if (key := session.data.get("work_app")) else "",
        )
        for session in UserSession.objects.purge_and_list(user)
    ]
    return sorted(alive, key=lambda session: (not session.is_current, -session.last_seen_at.timestamp()))


def end_session(*, user: User, pk: int) -> bool:
    """Sign one session of `user` out; False when they have none such."""
    session = UserSession.objects.filter(user=user, pk=pk).first()
    if session is not None:
        session.end()
    return session is not None


def end_sessions(*, user: User, but_key: str | None = None) -> int:
    """Sign `user` out everywhere, or everywhere but in the session of `but_key`; says of how many devices."""
    others = UserSession.objects.filter(user=user).exclude(session_key=but_key or "")
    for session in others:
        session.end()
    return len(others)


def device_name(user_agent: str) -> str:
    """For example "Chrome on Windows". Whoever wants to can claim to be something else."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return str(browser or system or _("Unknown device"))


def _first(patterns: list[tuple[str, Any]], text: str):
    return next((name for pattern, name in patterns if re.search(pattern, text)), None)


def place_of(address: str) -> str:
    """What an address says by itself: this server's machine, an internal network, or nothing."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.is_loopback:
        return _("this server itself")
    return _("internal network") if found.is_private else ""
