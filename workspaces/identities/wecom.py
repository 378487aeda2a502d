"""WeCom (企业微信), which allauth does not know: a corporation's own app asks who of its people is there.

It is OAuth in outline only: the code is exchanged by a token of the corporation, not of the person, and the answer is
an id without a profile. The same app is opened by a QR code in a browser, and without one inside WeCom.
"""

import threading
import time

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.utils.http import urlencode

# Answers that mean: the token is not good (any more).
TOKEN_ERRORS = {40014, 42001, 42007, 42009}
# Renewed so long before its end.
SPARE_SECONDS = 300

_tokens: dict[tuple[str, str, str], tuple[str, float]] = {}
_lock = threading.Lock()


class WeComClient(OAuth2Client):
    def __init__(self, *args, agent_id: str, is_inside: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.agent_id, self.is_inside = agent_id, is_inside

    def get_redirect_url(self, authorization_url, scope, extra_params) -> str:
        params = {"appid": self.consumer_key, "agentid": self.agent_id, "redirect_uri": self.callback_url}
        if self.is_inside:
            params |= {"response_type": "code", "scope": "snsapi_base", "state": self.state}
            return f"{authorization_url}?{urlencode(params)}#wechat_redirect"
        return f"{authorization_url}?{urlencode({'login_type': 'CorpApp', **params, 'state': self.state})}"


class WeComAdapter(OAuth2Adapter):
    provider_id = "wecom"

    def __init__(self, request):
        super().__init__(request)
        self.addresses = self.get_provider().app.settings["addresses"]
        self.is_inside = "wxwork/" in request.headers.get("user-agent", "")
        self.access_token_url = f"{self.addresses['api']}/cgi-bin/gettoken"

    @property
    def authorize_url(self) -> str:
        if self.is_inside:
            return f"{self.addresses['inside']}/connect/oauth2/authorize"
        return f"{self.addresses['login']}/wwlogin/sso/login"

    def get_client(self, request, app):
        return WeComClient(
            request,
            app.client_id,
            app.secret,
            "GET",
            self.access_token_url,
            self.get_callback_url(request, app),
            agent_id=app.key,
            is_inside=self.is_inside,
        )

    def get_access_token_data(self, request, app, client, pkce_code_verifier=None):
        return {"userid": self._person_of(app, request.GET["code"])}

    def parse_token(self, data):
        return SocialToken(token="")  # it is the corporation's, and nobody else's to keep

    def complete_login(self, request, app, token, **kwargs):
        # The same id may be somebody else in another corporation.
        person = {"uid": f"{app.client_id}:{kwargs['response']['userid']}", "name": kwargs["response"]["userid"]}
        return self.get_provider().sociallogin_from_response(request, person)

    def _person_of(self, app, code: str) -> str:
        answer = self._asked(code, self._token(app))
        if answer.get("errcode") in TOKEN_ERRORS:
            answer = self._asked(code, self._token(app, is_fresh=True))
        if answer.get("errcode"):
            raise OAuth2Error(f"WeCom answered with error {answer['errcode']}")
        # Who does not belong to the corporation has an openid or external_userid instead.
        userid = answer.get("userid") or answer.get("UserId")
        if not isinstance(userid, str):
            raise OAuth2Error("WeCom knows nobody of this corporation by that code")
        return userid

    def _asked(self, code: str, token: str) -> dict:
        return self._get("auth/getuserinfo", access_token=token, code=code)

    def _token(self, app, *, is_fresh: bool = False) -> str:
        """The corporation's token. WeCom wants it kept: asking anew each time is soon refused."""
        key = (self.addresses["api"], app.client_id, app.secret)
        with _lock:
            token, ends = _tokens.get(key, ("", 0.0))
        if token and not is_fresh and time.monotonic() < ends:
            return token
        answer = self._get("gettoken", corpid=app.client_id, corpsecret=app.secret)
        if answer.get("errcode"):
            raise OAuth2Error(f"WeCom gave no token: error {answer['errcode']}")
        fresh, lasts = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(fresh, str) or not isinstance(lasts, int):
            raise OAuth2Error("WeCom's answer holds no token")
        with _lock:
            _tokens[key] = (fresh, time.monotonic() + max(0, lasts - SPARE_SECONDS))
        return fresh

    def _get(self, path: str, **params) -> dict:
        with get_adapter().get_requests_session() as session:
            answer = session.request("GET", f"{self.addresses['api']}/cgi-bin/{path}", params=params)
            answer.raise_for_status()
            told = answer.json()
            if not isinstance(told, dict):
                raise OAuth2Error("WeCom's answer is no object")
            return told
