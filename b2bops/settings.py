"""All settings, from the environment. System checks (workspaces.checks) report what is misconfigured, with an id."""

import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
import structlog
from django.utils.csp import CSP

from b2bops.logs import mask_secrets
from b2bops.work_apps import badly_given, half_given, work_apps
from jobs.webhooks.networks import network_of

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _secret_key() -> str:
    """The key from the environment or `.local/secret_key`, made on first use; production must give one."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    path = Path(env.str("SECRET_KEY_FILE", default=str(BASE_DIR / ".local" / "secret_key")))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = _secret_key()
# Earlier keys, which still open what was signed or locked with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_public.hostname, "127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "workspaces",
    "jobs",
    "accounts",
    "leads",
    "metrics",
    "b2bops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "workspaces.middleware.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "workspaces.middleware.sessions.SessionsMiddleware",
    "workspaces.middleware.scope.ScopeMiddleware",
]

ROOT_URLCONF = "b2bops.urls"
WSGI_APPLICATION = "b2bops.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "b2bops.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Database: `default` speaks as the runtime role, which owns nothing and bypasses nothing; `owner` runs migrations.
# A Unix socket's folder stands percent-encoded in the host's place.
DATABASES = {
    "default": env.db_url("DATABASE_URL", default="postgres://b2bops_app@/b2bops"),
    "owner": env.db_url(
        "DATABASE_OWNER_URL", default=env.str("DATABASE_URL", default="postgres://b2bops_owner@/b2bops")
    ),
}
for _database, _url in zip(
    DATABASES.values(), (env.str("DATABASE_URL", default=""), env.str("DATABASE_OWNER_URL", default="")), strict=True
):
    if "%2f" in _url.lower():
        # urllib lower-cases host names; a folder's name must keep its case.
        _database["HOST"] = unquote(urlsplit(_url).netloc.rpartition("@")[2].partition(":")[0])
    _database["CONN_MAX_AGE"] = 600
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {"application_name": "b2bops", **_database.get("OPTIONS", {})}
    _database["TEST"] = {"NAME": env.str("B2BOPS_TEST_DB", default="test_b2bops")}
DATABASES["owner"]["TEST"]["MIRROR"] = "default"
# The role that reads everything, for backups; by its usual name and without a password where nothing is said.
DATABASE_BACKUP_URL = env.str("DATABASE_BACKUP_URL", default="")
RUNTIME_ROLE = DATABASES["default"]["USER"] or "b2bops_app"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "b2bops.cache.SteadyRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "b2bops",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

# People
AUTH_USER_MODEL = "workspaces.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "workspaces.sign_in.ClosedSignUpAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Nobody makes this server write to addresses that belong to nobody here.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "login": "30/m/ip",
    "invitation": "30/m/ip",
    "identity": "60/m/ip",  # there and back: thirty sign-ins
    "shared_dashboard": "60/m/ip",
    "shared_password": "10/m/ip,10/5m/key",
}
# Work apps that sign people in, each off until its keys are given; what is half given is off, and a check says so.
WORK_APPS = work_apps(env)
WORK_APPS_LACK, WORK_APPS_MISSPELT = half_given(env), badly_given(env)
SOCIALACCOUNT_ADAPTER = "workspaces.identities.adapter.IdentityAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = SOCIALACCOUNT_AUTO_SIGNUP = SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
# The second step: codes of an app, and recovery codes for when the phone is gone.
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "workspaces.two_step.TwoStepAdapter"
MFA_FORMS = {
    "authenticate": "workspaces.two_step.SignInCodeForm",
    "reauthenticate": "workspaces.two_step.ConfirmingCodeForm",
}
MFA_TOTP_ISSUER = "B2BOps"
MFA_TOTP_TOLERANCE = 1  # clocks differ: the code before and the one after are taken too
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Addresses are not verified here: people come by invitation.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# How many proxies stand in front: the address that limits count by is never taken from a client's own header.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Doors
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "b2bops_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "b2bops_csrf"
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
# A list's form holds a box for each row that was scrolled to (frontend/js/endless.js).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Beside the trail and the facts of its own, who tells what in an account's timeline (`accounts.account_timeline.Source`).
TIMELINE_SOURCES = {"money": "metrics.timeline.movements_told"}
# Where a link to a thing that is gone leads on (`workspaces.gone.Instead`).
PAGE_INSTEAD = "accounts.instead.page_instead"
# What moved an account's MRR last, in words.
LATEST_MOVE = "metrics.timeline.latest_move"
# What the files attached to a workspace's accounts may come to, in megabytes; they stand in the database.
ATTACHMENTS_MB = env.int("B2BOPS_ATTACHMENTS_MB", default=5_000)

# Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_COOKIE_NAME = "b2bops_language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Assets: built by npm into frontend/dist, served by WhiteNoise under hashed names outside DEBUG.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".local" / "static"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
IS_TEST = "pytest" in sys.modules
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or IS_TEST
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG or IS_TEST
# Looked for when asked: a test's client would read all of them before its first request.
WHITENOISE_AUTOREFRESH = DEBUG or IS_TEST

# Mail
if _mail_url := env.str("EMAIL_URL", default=""):
    _mail = environ.Env.email_url_config(_mail_url)
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _mail["EMAIL_HOST"],
                "port": _mail["EMAIL_PORT"] or 25,
                "username": _mail["EMAIL_HOST_USER"] or "",
                "password": _mail["EMAIL_HOST_PASSWORD"] or "",
                "use_tls": _mail.get("EMAIL_USE_TLS", False),
                "use_ssl": _mail.get("EMAIL_USE_SSL", False),
                "timeout": 10,
            },
        }
    }
else:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
HAS_MAIL_SERVER = bool(_mail_url)
# Whom to give a mail that belongs to a write: an action that keeps it until it was sent.
POST_MAIL = "jobs.actions.post_mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"b2bops@{_public.hostname}")

# The API
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "b2bops.api.errors.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "B2BOps",
    "DESCRIPTION": "Customer operations for To-B companies. The guide is docs/api.md.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/"}],
}
# Per key or member; a limit against runaway scripts, not a price list.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=3000)

# Logs: one JSON object a line; never bodies, keys or personal data.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.format_exc_info,
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}

# The night. Tests set small values; docs/operations.md says what they are for.
RUN_POKE_SECONDS = env.float("RUN_POKE_SECONDS", default=15)
RUN_HEARTBEAT_SECONDS = env.float("RUN_HEARTBEAT_SECONDS", default=10)
RUN_LEASE_SECONDS = env.float("RUN_LEASE_SECONDS", default=30)
# How long a worker keeps claiming before it lets another task of its queue have the process.
RUN_TURN_SECONDS = env.float("RUN_TURN_SECONDS", default=60)
# How often in a row a run may be started without getting a step further.
RUN_IDLE_ATTEMPTS = 5
# After local midnight, the time that late data may take before the day is closed.
NIGHT_DELAY_MINUTES = env.int("NIGHT_DELAY_MINUTES", default=120)
# Kind of run → what does it: a callable taking a jobs.runs.RunContext.
RUN_KINDS = {
    "closing": "metrics.closing_run.run_closing",
    "settings_preview": "metrics.settings_preview.run_preview",
    "import": "jobs.imports.runs.run_import",
    "erasure": "b2bops.data.people.run_erasure",
    "workspace_export": "b2bops.data.taking_along.run_export",
}
RUN_ENDED = {
    "closing": "metrics.closing_run.tell_ended",
    "import": "jobs.imports.telling.tell_ended",
    "workspace_export": "b2bops.data.taking_along.tell_ended",
}
# Webhooks. Kind of thing → what shows it as the API does: (workspace, ids) → {id: JSON text}.
WEBHOOK_OBJECTS = {
    "account": "b2bops.webhook_objects.accounts",
    "contract": "b2bops.webhook_objects.contracts",
    "closing": "b2bops.webhook_objects.closings",
}
# An installation that is itself reached by http is no production; its receivers may be as well.
WEBHOOK_ALLOW_HTTP = env.bool("WEBHOOK_ALLOW_HTTP", default=not IS_HTTPS)
# Networks that are not public and that webhooks may be sent to all the same, as 10.20.0.0/16,fd12::/16.
# What is none is left out here and refused by a check, which says so in one line.
WEBHOOK_NETWORK_TEXTS = env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
WEBHOOK_ALLOWED_NETWORKS = [network for text in WEBHOOK_NETWORK_TEXTS if (network := network_of(text))]
# Hosts beside the vendors' own that group robots may stand on: private deployments of 企业微信, 钉钉 or 飞书.
ROBOT_HOSTS = [host.lower() for host in env.list("ROBOT_HOSTS", default=[])]
WEBHOOK_CONNECT_SECONDS = env.float("WEBHOOK_CONNECT_SECONDS", default=5)
WEBHOOK_TOTAL_SECONDS = env.float("WEBHOOK_TOTAL_SECONDS", default=15)
# How long the log of what was sent is kept, and can be sent again.
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", default=30)
# What can be imported from files, in the order people read it.
IMPORT_KINDS = [
    "accounts.import_kinds.ACCOUNTS",
    "accounts.contract_import.CONTRACTS",
    "accounts.import_kinds.CONTACTS",
    "accounts.import_kinds.PRODUCTS",
    "leads.import_kinds.SPEND",
    "accounts.import_kinds.FX_RATES",
]
# Lists whose looks can be kept under names, each in the app that owns it.
KEPT_LISTS = [
    "accounts.kept_lists.ACCOUNTS",
    "accounts.kept_lists.CONTACTS",
    "accounts.kept_lists.CONTRACTS",
    "accounts.kept_lists.TASKS",
    "accounts.kept_lists.PRODUCTS",
    "accounts.kept_lists.FX_RATES",
    "leads.kept_lists.SPEND",
    "metrics.kept_lists.RENEWALS",
    "metrics.kept_lists.MOVEMENTS",
    "jobs.kept_lists.IMPORTS",
    "workspaces.kept_lists.ACTIVITY",
]
# Tests deliver to nobody: a worker that happens to listen on the same Redis must not take part in them.
BROKER_URL = "memory://" if IS_TEST else REDIS_URL
