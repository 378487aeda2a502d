"""The work apps that people may sign in with: which are on, what they are called, whom they vouch for."""

from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspaces.models import User

NAMES = {"wecom": gettext_lazy("WeCom"), "dingtalk": gettext_lazy("DingTalk"), "feishu": gettext_lazy("Feishu")}


@dataclass(frozen=True)
class WorkApp:
    """One that is on. key: as in addresses and in the database."""

    key: str
    name: str


@dataclass(frozen=True)
class Identity:
    """Somebody's identity in a work app. pk: None where there is none yet. is_on: whether it opens anything today."""

    app: str
    app_name: str
    is_on: bool
    pk: int | None = None
    name: str = ""
    used_at: datetime | None = None


def app_name(key: str) -> str:
    """What people call it; Feishu outside China is Lark."""
    if key == "feishu" and "larksuite.com" in settings.WORK_APPS.get(key, {}).get("addresses", {}).get("api", ""):
        return _("Lark")
    return str(NAMES.get(key, key))


def work_apps() -> list[WorkApp]:
    return [WorkApp(key, app_name(key)) for key in NAMES if key in settings.WORK_APPS]


def identities_of(user: User) -> list[Identity]:
    """One entry for each work app that is on or that `user` is connected with."""
    connected = {row.provider: row for row in SocialAccount.objects.filter(user=user).order_by("pk")}
    found = []
    for key in NAMES:
        row, is_on = connected.get(key), key in settings.WORK_APPS
        if row is not None:
            name = row.extra_data.get("name", "")
            found.append(Identity(key, app_name(key), is_on, row.pk, name, row.last_login))
        elif is_on:
            found.append(Identity(key, app_name(key), is_on))
    return found


def is_only_way_in(user: User, identity: SocialAccount) -> bool:
    """Whether `user` could not sign in any more without `identity`."""
    if user.has_usable_password():
        return False
    others = SocialAccount.objects.filter(user=user, provider__in=settings.WORK_APPS).exclude(pk=identity.pk)
    return not others.exists()
