"""Check the environment of production. With an insecure or missing setting nothing starts; the message says what to put there."""

from collections.abc import Callable, Mapping
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from tracker.mail.configuration import MAILBOX_ADVICE, SERVER_ADVICE, read_mail_server, read_mailbox, setting_fault

SECRET_KEY_LENGTH = 50

Examination = Callable[[str, Mapping[str, str]], str | None]
"""Takes the value of a variable and the whole environment; returns what is wrong and what to put there, never the value itself."""


def refuse_insecure(environment: Mapping[str, str]) -> None:
    """Raise one ImproperlyConfigured that lists every fault."""
    if found := faults(environment):
        listed = "\n".join(f"  - {fault}" for fault in found)
        raise ImproperlyConfigured(f"TRACKER_MODE is 'production', and this is missing or insecure:\n{listed}")


def faults(environment: Mapping[str, str]) -> list[str]:
    """Return a sentence for each fault, beginning with the name of its variable; empty if production may start."""
    found = []
    for name, examine in EXAMINATIONS.items():
        if fault := examine(environment.get(name, "").strip(), environment):
            found.append(f"{name} {fault}")
    return found


def _secret_key(value: str, environment: Mapping[str, str]) -> str | None:
    advice = 'make one:  python3 -c "import secrets; print(secrets.token_urlsafe(64))"'
    if not value:
        return f"is missing; {advice}"
    if value.startswith("django-insecure-"):
        return f"is for development only (django-insecure-); {advice}"
    if len(value) < SECRET_KEY_LENGTH:
        return f"is shorter than {SECRET_KEY_LENGTH} characters; {advice}"
    if len(set(value)) < 10:
        return f"repeats the same few characters; {advice}"
    return None


def _second_factor_key(value: str, environment: Mapping[str, str]) -> str | None:
    return _secret_key(value, environment) if value else None


def _base_url(value: str, environment: Mapping[str, str]) -> str | None:
    advice = "put the address that people use there, such as https://tracker.example.org"
    if not value:
        return f"is missing; {advice}"
    address = _split(value)
    if address.scheme != "https" or not address.hostname:
        return f"does not begin with https:// and a host name; {advice}"
    return None


def _allowed_hosts(value: str, environment: Mapping[str, str]) -> str | None:
    advice = "put the host names that people use there, with commas between them, such as tracker.example.org"
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if not hosts:
        return f"is missing; {advice}"
    if "*" in hosts:
        return f"allows every host (*); {advice}"
    host = _split(environment.get("BASE_URL", "")).hostname
    if host and not validate_host(host, hosts):
        return f"does not allow the host of BASE_URL; {advice}"
    return None


def _database_url(value: str, environment: Mapping[str, str]) -> str | None:
    advice = "put PostgreSQL there: postgres://user:password@host/name"
    if not value:
        return f"is missing; {advice}"
    address = _split(value)
    if address.scheme not in {"postgres", "postgresql"}:
        return f"is not that of a PostgreSQL server; {advice}"
    return None if address.path.strip("/") else f"names no database; {advice}"


def _broker_url(value: str, environment: Mapping[str, str]) -> str | None:
    advice = "put Redis there: redis://host:6379/0"
    if not value:
        return f"is missing; {advice}"
    return None if _is_redis(value) else f"is not that of a Redis server; {advice}"


def _cache_url(value: str, environment: Mapping[str, str]) -> str | None:
    if not value or _is_redis(value):
        return None
    return (
        "is not that of a Redis server; put redis://host:6379/1 there, or leave it out to use that of CELERY_BROKER_URL"
    )


def _email_url(value: str, environment: Mapping[str, str]) -> str | None:
    if not value:
        return f"is missing; {SERVER_ADVICE}"
    address = _split(value)
    if address.scheme not in {"smtp", "smtp+tls", "smtp+ssl", "smtps"} or not address.hostname:
        return f"is not that of an SMTP server; {SERVER_ADVICE}"
    if address.scheme == "smtp" and "@" in address.netloc:
        return f"sends its password unencrypted; {SERVER_ADVICE}, or one without user and password"
    return setting_fault(read_mail_server, value)


def _from_email(value: str, environment: Mapping[str, str]) -> str | None:
    if fault := setting_fault(read_mailbox, value):
        return fault
    if "." not in read_mailbox(value).address.rpartition("@")[2]:
        return f"has no address that other mail servers accept; {MAILBOX_ADVICE}"
    return None


def _optional_address(value: str, environment: Mapping[str, str]) -> str | None:
    return _from_email(value, environment) if value else None


def _proxy_count(value: str, environment: Mapping[str, str]) -> str | None:
    if not value or (value.isascii() and value.isdigit()):
        return None
    return "is not a number; put there how many proxies are in front of the tracker, usually 1"


EXAMINATIONS: dict[str, Examination] = {
    "SECRET_KEY": _secret_key,
    "SECOND_FACTOR_KEY": _second_factor_key,
    "BASE_URL": _base_url,
    "ALLOWED_HOSTS": _allowed_hosts,
    "DATABASE_URL": _database_url,
    "CELERY_BROKER_URL": _broker_url,
    "CACHE_URL": _cache_url,
    "EMAIL_URL": _email_url,
    "DEFAULT_FROM_EMAIL": _from_email,
    "CONTACT_EMAIL": _optional_address,
    "BOUNCE_ADDRESS": _optional_address,
    "PROXY_COUNT": _proxy_count,
}


def _is_redis(value: str) -> bool:
    address = _split(value)
    return address.scheme in {"redis", "rediss"} and bool(address.hostname)


def _split(value: str) -> SplitResult:
    """Return the parts of an address; all of them empty if it cannot be read."""
    try:
        address = urlsplit(value)
        address.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return urlsplit("")
    return address
