"""Configure the connection to PostgreSQL, in one place for all commands and processes."""

from typing import Any

import environ

WAITS = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""A machine that is gone must not keep pages and workers waiting."""


def read_url(url: str) -> dict[str, Any]:
    """Return the settings of Django for a DATABASE_URL. Raises ValueError if it is not that of a PostgreSQL server."""
    if not url.startswith(("postgres://", "postgresql://")):
        raise ValueError("This is not the address of a PostgreSQL server: postgres://user:password@host/name")
    return configure(dict(environ.Env.db_url_config(url)))


def configure(database: dict[str, Any]) -> dict[str, Any]:
    """Complete the settings of a PostgreSQL database."""
    # Queries are short: to compile those that look long costs more than it saves. Commands may take as long as they need, whatever is set
    # for the role; web processes and workers set a limit.
    defaults = {"options": "-c jit=off -c statement_timeout=0", "tcp_user_timeout": 30_000} | WAITS
    return database | {
        "ENGINE": "tracker.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # A cursor of the server outlives its transaction, and a pooler such as PgBouncer gives each transaction another connection.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": defaults | database.get("OPTIONS", {}),
    }
