"""Work apps as allauth's providers. It looks for this module by its name and takes `provider_classes` from it.

Of a person only the id and a name are kept: no address, number or picture, and nothing that could match somebody here
by a mail address that nobody has checked.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.feishu.client import FeishuOAuth2Client
from allauth.socialaccount.providers.feishu.views import FeishuOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.urls import reverse

from workspaces.identities.wecom import WeComAdapter

LONGEST_NAME = 100


@contextmanager
def _understood() -> Iterator[None]:
    """What is not answered as the vendor's documentation says is an error of theirs, not one of ours."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise OAuth2Error(f"unexpected answer: {type(error).__name__}") from error


class _Adapter(OAuth2Adapter):
    def get_callback_url(self, request, app) -> str:
        """As it was entered with the vendor: by the address that people use, whatever host this request names."""
        return settings.PUBLIC_URL + reverse("identity_back", args=[self.provider_id])

    def get_access_token_data(self, *args, **kwargs):
        with _understood():
            return super().get_access_token_data(*args, **kwargs)

    def parse_token(self, data):
        with _understood():
            return super().parse_token(data)

    def complete_login(self, *args, **kwargs):
        with _understood():
            return super().complete_login(*args, **kwargs)


class OurWeComAdapter(_Adapter, WeComAdapter):
    pass


class OurDingTalkAdapter(_Adapter, DingTalkOAuth2Adapter):
    def __init__(self, request):
        super().__init__(request)
        addresses = self.get_provider().app.settings["addresses"]
        self.authorize_url = f"{addresses['login']}/oauth2/auth"
        self.access_token_url = f"{addresses['api']}/v1.0/oauth2/userAccessToken"
        self.profile_url = f"{addresses['api']}/v1.0/contact/users/me"


class OurFeishuAdapter(_Adapter, FeishuOAuth2Adapter):
    def __init__(self, request):
        super().__init__(request)
        api = self.get_provider().app.settings["addresses"]["api"]
        self.authorization_url = f"{api}/open-apis/authen/v1/index"
        self.access_token_url = f"{api}/open-apis/authen/v1/access_token"
        self.app_access_token_url = f"{api}/open-apis/auth/v3/app_access_token/internal/"
        self.user_info_url = f"{api}/open-apis/authen/v1/user_info"

    def get_client(self, request, app):
        client = FeishuOAuth2Client(
            request,
            app.client_id,
            app.secret,
            self.access_token_method,
            self.access_token_url,
            self.get_callback_url(request, app),
        )
        client.app_access_token_url = self.app_access_token_url
        return client


class _Provider(OAuth2Provider):
    package = "workspaces"
    account_class = ProviderAccount
    uid_field, name_field = "uid", "name"

    def get_scope_from_request(self, request):
        return self.get_scope()  # never what an address asks for

    def extract_uid(self, data) -> str:
        uid = data[self.uid_field]
        if not isinstance(uid, str) or not uid or len(uid) > 191:
            raise OAuth2Error("no id in the answer")
        return uid

    def extract_extra_data(self, data) -> dict:
        name = data.get(self.name_field)
        return {"name": name.replace("\x00", "").strip()[:LONGEST_NAME] if isinstance(name, str) else ""}

    def extract_common_fields(self, data) -> dict:
        return {}


class WeComProvider(_Provider):
    id, name = "wecom", "WeCom"
    oauth2_adapter_class = OurWeComAdapter


class DingTalkProvider(_Provider):
    id, name = "dingtalk", "DingTalk"
    # The id that stays when the operator registers the app anew.
    uid_field, name_field = "unionId", "nick"
    oauth2_adapter_class = OurDingTalkAdapter

    def get_default_scope(self):
        return ["openid"]

    def get_auth_params(self):
        return {"prompt": "consent"}


class FeishuProvider(_Provider):
    id, name = "feishu", "Feishu"
    uid_field = "union_id"
    oauth2_adapter_class = OurFeishuAdapter


provider_classes = [WeComProvider, DingTalkProvider, FeishuProvider]
