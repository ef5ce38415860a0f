"""Check what the tracker needs of its database. `migrate` and `start` run these checks, and so does `check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader

OWN_PACKAGES = {"tracker", "issues", "actions"}


@register(Tags.database)
def commits_survive_a_crash(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Refuse a PostgreSQL that forgets commits in a crash (`synchronous_commit`): a digest could go out twice."""
    errors: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            (mode,) = cursor.fetchone()
        if mode == "off":
            errors.append(
                Error(
                    "PostgreSQL confirms what a crash can still undo (synchronous_commit is off): a digest could go out twice.",
                    hint="Set synchronous_commit = on in postgresql.conf, or for this database: ALTER DATABASE ... SET.",
                    id="tracker.E101",
                )
            )
    return errors


@register(Tags.database)
def search_can_be_created(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Refuse a PostgreSQL database in which `migrate` could not create its tables or the extension of the search."""
    errors: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        user, name = connection.settings_dict["USER"], connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute(_RIGHTS)
            has_extension, is_available, may_create_extension, may_create_tables = cursor.fetchone()
        if not has_extension and not is_available:
            errors.append(
                Error(
                    "PostgreSQL lacks the extension pg_trgm, which the search needs.",
                    hint="Install it on the database server: it comes with PostgreSQL, in some systems in a package postgresql-contrib.",
                    id="tracker.E104",
                )
            )
        elif not has_extension and not may_create_extension:
            errors.append(
                Error(
                    f"The role {user} may not create the extension pg_trgm, which the search needs.",
                    hint=f"Let an administrator of PostgreSQL run in the database {name}: CREATE EXTENSION pg_trgm;",
                    id="tracker.E105",
                )
            )
        if not may_create_tables:
            errors.append(
                Error(
                    f"The role {user} may not create tables in the database {name}.",
                    hint=f"Let an administrator of PostgreSQL run: ALTER DATABASE {name} OWNER TO {user};",
                    id="tracker.E106",
                )
            )
    return errors


_RIGHTS = """
    SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm'),
        EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'),
        (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        OR (
            has_database_privilege(current_database(), 'CREATE')
            AND EXISTS (SELECT FROM pg_available_extension_versions WHERE name = 'pg_trgm' AND trusted)
        ),
        coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
"""


@register(Tags.database)
def queries_are_limited(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Warn of a pooler behind which a query may run for ever: it takes no options, and the role has no limit."""
    warnings: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            (limit,) = cursor.fetchone()
        if limit == "0" and "options" not in connection.settings_dict["OPTIONS"]:
            warnings.append(
                checks.Warning(
                    "The pooler in front of PostgreSQL takes no options, so queries are not limited.",
                    hint=f"ALTER ROLE {connection.settings_dict['USER']} SET statement_timeout = '30s' (docs/production.md).",
                    id="tracker.W103",
                )
            )
    return warnings


@register(Tags.database)
def database_is_of_this_version(databases: Sequence[str] | None = None, **options: Any) -> list[CheckMessage]:
    """Refuse a database with migrations of the tracker that this version does not have: it cannot be brought up to date."""
    errors: list[CheckMessage] = []
    own_apps = {app.label for app in apps.get_app_configs() if app.name.partition(".")[0] in OWN_PACKAGES}
    for alias in databases or []:
        loader = MigrationLoader(connections[alias])
        applied = {name for name in loader.applied_migrations or () if name[0] in own_apps}
        unknown = sorted(".".join(name) for name in applied - set(loader.disk_migrations))
        if unknown:
            errors.append(
                Error(
                    "This database was created by another version of the tracker, which this version cannot update "
                    f"({unknown[0]} is unknown here).",
                    hint="Use an empty one (TRACKER_DATA=/another/folder, or another DATABASE_URL), or start the version that created it.",
                    id="tracker.E102",
                )
            )
    return errors
