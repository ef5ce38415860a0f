"""Configure the tracker from the environment (README, "Configuration").

Two ways to run: `embedded` (the default: SQLite, a broker in files, mail into a folder; nothing to install) and `production`
(PostgreSQL, Redis, SMTP), which refuses to start with an insecure setting.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tracker.account_settings import *  # noqa: F403
from tracker.embedded.private_files import make_private
from tracker.logs import FORMATS, configuration
from tracker.logs import SECRET_PATHS as SECRET_PATHS
from tracker.mail.configuration import read_mail_server, refuse_faulty_mail
from tracker.postgresql.configuration import configure as configure_postgresql
from tracker.production import refuse_insecure
from tracker.whole_files import write_whole

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("TRACKER_MODE", "embedded")
if MODE not in {"embedded", "production"}:
    raise ImproperlyConfigured(f"TRACKER_MODE is {MODE!r}; it must be 'embedded' or 'production'.")
PRODUCTION = MODE == "production"
if PRODUCTION:
    refuse_insecure(os.environ)
DEBUG = False

# The tracker writes everything to one folder: database, broker, mail, collected static files.
DATA_DIR = Path(env.str("TRACKER_DATA", str(BASE_DIR / "var"))).resolve()
if not PRODUCTION:
    # It contains session keys, so only the account of this process may read it. `start` corrects what exists already.
    os.umask(0o077)
    FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
with suppress(OSError):
    DATA_DIR.mkdir(parents=True, exist_ok=True)
if not PRODUCTION:
    make_private(DATA_DIR)
if not os.access(DATA_DIR, os.W_OK):
    raise ImproperlyConfigured(f"TRACKER_DATA: the folder {DATA_DIR} cannot be written to.")


def _embedded_secret_key() -> str:
    """Return the key of an embedded tracker. It is created once and kept in the data folder, readable only by its owner."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        import secrets

        write_whole(path, secrets.token_urlsafe(64).encode())
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", "") if PRODUCTION else env.str("SECRET_KEY", "") or _embedded_secret_key()
# Encrypts the secrets of second factors in the database, so that SECRET_KEY can be changed without them.
SECOND_FACTOR_KEY = env.str("SECOND_FACTOR_KEY", "") or SECRET_KEY

# The address of the tracker. Links in mails begin with it.
BASE_URL = env.str("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "tracker",
    "tracker.embedded",
    "tracker.audit",
    "tracker.backup",
    "tracker.people",
    "issues",
    "actions",
    "actions.lists",
    "actions.bulk",
    "actions.reminders",
    "actions.search",
    "actions.note",
    "actions.rollover",
    "actions.handover",
    "actions.setup",
    "tracker.apps.AdminSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "simple_history",
]

MIDDLEWARE = [
    "tracker.logs.request_id_middleware",
    "tracker.web.error_pages.readable_request_middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages hold secrets beside what a visitor typed: Django masks its tokens and adds random bytes (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tracker.web.line_breaks.NormalizeLineBreaks",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tracker.people.middleware.private_middleware",
    "tracker.people.middleware.person_middleware",
    "tracker.audit.middleware.audit_middleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "tracker.transactions.RepeatLostRaces",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"dates": "tracker.dates.filters"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.web.context_processors.saved_forms",
                "issues.context_processors.navigation",
                "actions.reminders.context_processors.alarm",
            ],
        },
    }
]
FORM_RENDERER = "tracker.form_rendering.FormRenderer"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'tracker.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"] = configure_postgresql(DATABASES["default"])

# Counts attempts to sign in, for all web processes together: Redis if the broker is there, else files in the data folder. While it is
# away nothing is counted, and everything else works.
CACHE_URL = env.str("CACHE_URL", "") or env.str("CELERY_BROKER_URL", "")
if CACHE_URL.startswith(("redis://", "rediss://")):
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "tracker.web.soft_cache.SoftRedisCache",
            "LOCATION": CACHE_URL,
            "KEY_PREFIX": "tracker",
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "tracker.web.soft_cache.SoftFileCache",
            "LOCATION": str(DATA_DIR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 5000},
        }
    }

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("ar", _("Arabic")),
    ("zh-hans", _("Chinese")),
    ("en", _("English")),
    ("fr", _("French")),
    ("ru", _("Russian")),
    ("es", _("Spanish")),
]
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = ["tracker.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite leaves out what indexes hold for PostgreSQL besides their keys

# Mail goes out by SMTP if that is configured, otherwise to a folder that admins can read.
EMAIL_URL = env.str("EMAIL_URL", "")
MAIL_DIR = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Partnership Progress Tracker <tracker@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# The envelope's sender, to which undeliverable mail returns; `record_bounce` reads it.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", "")
# Whom answers to mails go to that nobody in particular has asked for; otherwise their sender.
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "")
refuse_faulty_mail(EMAIL_URL, DEFAULT_FROM_EMAIL, BOUNCE_ADDRESS, CONTACT_EMAIL)
if EMAIL_URL:
    vars().update(read_mail_server(EMAIL_URL))
    EMAIL_TIMEOUT = 30
else:
    EMAIL_BACKEND = "tracker.mail.folder.FolderBackend"

# Files of long notes. Workers write them and web processes read them.
NOTE_FILES_DIR = DATA_DIR / "note-files"

# Celery uses Redis if that is configured, otherwise files in the data folder.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL.startswith("filesystem://"):
    _broker = DATA_DIR / "broker"
    for _folder in ("queue", "processed", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
    }
else:
    # A page that hands work to a broker that hangs waits for it three times: the connection at hand, a new one, one repetition.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_connect_timeout": 1, "socket_timeout": 1}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "reminders": {"task": "reminders.tick", "schedule": 60.0, "options": {"expires": 55}},
    "note files": {"task": "note.sweep", "schedule": 3600.0, "options": {"expires": 3500}},
    "account mails": {"task": "people.send_account_mails", "schedule": 60.0, "options": {"expires": 55}},
    "sessions": {"task": "people.delete_expired_sessions", "schedule": 86_400.0, "options": {"expires": 86_000}},
}

# Security. Cookies and redirects are strict in production, and `tracker.production` refuses insecure settings.
HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_AGE = True, "Lax", 60 * 60 * 24 * 365
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", HTTPS)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS and env.bool("HSTS_PRELOAD", HTTPS)
# How many proxies are in front. They report the client (X-Forwarded-For) and whether it uses HTTPS (X-Forwarded-Proto).
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXY_COUNT", 1 if PRODUCTION else 0)
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# How often a visitor may ask for what costs much (`tracker.web.rate_limits`).
VISITORS_PER_MINUTE = {"search": 30, "note_files": 20, "saved_forms": 5}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# The log has one line for each event: `text` for people, or `json`.
LOG_FORMAT = env.str("LOG_FORMAT", "text")
if LOG_FORMAT not in FORMATS:
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}; it must be 'text' or 'json'.")
LOGGING = configuration(LOG_FORMAT, env.str("LOG_LEVEL", "INFO"))
