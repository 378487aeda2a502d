"""Which work apps people may sign in with, as the environment says. Needs no Django, for settings are read with it."""

from urllib.parse import urlsplit

# App → what it needs to be on → the variable that gives it.
KEYS = {
    "wecom": {"client_id": "WECOM_CORP_ID", "key": "WECOM_AGENT_ID", "secret": "WECOM_SECRET"},
    "dingtalk": {"client_id": "DINGTALK_CLIENT_ID", "secret": "DINGTALK_CLIENT_SECRET"},
    "feishu": {"client_id": "FEISHU_APP_ID", "secret": "FEISHU_APP_SECRET"},
}
# App → what it is reached by → the variable, and the vendor's own address. For Lark and for private deployments.
ADDRESSES = {
    "wecom": {
        "api": ("WECOM_API_URL", "https://qyapi.weixin.qq.com"),
        "login": ("WECOM_LOGIN_URL", "https://login.work.weixin.qq.com"),
        "inside": ("WECOM_INSIDE_URL", "https://open.weixin.qq.com"),
    },
    "dingtalk": {
        "api": ("DINGTALK_API_URL", "https://api.dingtalk.com"),
        "login": ("DINGTALK_LOGIN_URL", "https://login.dingtalk.com"),
    },
    "feishu": {"api": ("FEISHU_URL", "https://open.feishu.cn")},
}


def work_apps(env) -> dict[str, dict]:
    """App → client_id, secret, key? and addresses, of those that all is said of; the others are off."""
    found = {}
    for app, keys in KEYS.items():
        given = {name: env.str(variable, default="").strip() for name, variable in keys.items()}
        if all(given.values()):
            addresses = {
                name: (env.str(variable, default="").strip() or usual).rstrip("/")
                for name, (variable, usual) in ADDRESSES[app].items()
            }
            found[app] = {**given, "addresses": addresses}
    return found


def half_given(env) -> list[str]:
    """Variables that lack where others of the same app are given."""
    lacking = []
    for keys in KEYS.values():
        absent = [variable for variable in keys.values() if not env.str(variable, default="").strip()]
        if len(absent) < len(keys):
            lacking += absent
    return lacking


def badly_given(env) -> list[str]:
    """Variables that should give an address and give none."""
    bad = []
    for addresses in ADDRESSES.values():
        for variable, usual in addresses.values():
            parts = urlsplit(env.str(variable, default="").strip() or usual)
            if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
                bad.append(variable)
    return bad
