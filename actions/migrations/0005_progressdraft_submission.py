"""A draft knows the form that it was typed into. Those that are there say it among what was typed."""

import uuid

from django.db import migrations, models


def name_forms(apps, schema_editor):
    """Each draft gets the name of its own form; a new one where that is none, or was published already: it could never be."""
    drafts = apps.get_model("actions", "ProgressDraft").objects.using(schema_editor.connection.alias)
    updates = apps.get_model("actions", "ProgressUpdate").objects.using(schema_editor.connection.alias)
    for draft in drafts.iterator(chunk_size=500):
        try:
            submission = uuid.UUID(draft.typed["submission"][0])
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            submission = None
        if submission is None or updates.filter(submission=submission).exists():
            submission = uuid.uuid4()
        drafts.filter(pk=draft.pk).update(submission=submission)


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0004_milestone_due"),
    ]

    operations = [
        migrations.AddField(
            model_name="progressdraft",
            name="submission",
            field=models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="submission"),
        ),
        migrations.RunPython(name_forms, migrations.RunPython.noop, elidable=True),
    ]
