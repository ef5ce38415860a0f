"""Create the indexes of trigrams that the search uses: on PostgreSQL one on each searchable table, on SQLite a table of FTS5 beside each."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

MODELS = [("actions", "ActionPoint"), ("actions", "ProgressUpdate"), ("people", "Agency"), ("people", "User")]


def create_trigrams(apps, schema_editor):
    for app, name in MODELS:
        table = apps.get_model(app, name)._meta.db_table
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"CREATE INDEX search_{table} ON {table} USING gin (search_text gin_trgm_ops)")
        else:
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE search_{table} USING fts5(search_text, tokenize='trigram case_sensitive 1')"
            )


def drop_trigrams(apps, schema_editor):
    kind = "INDEX" if schema_editor.connection.vendor == "postgresql" else "TABLE"
    for app, name in MODELS:
        schema_editor.execute(f"DROP {kind} IF EXISTS search_{apps.get_model(app, name)._meta.db_table}")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("actions", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        TrigramExtension(),
        migrations.RunPython(create_trigrams, drop_trigrams),
    ]
