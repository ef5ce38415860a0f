"""Give each progress update its place in time, and each action point the day of its last report by it."""

from typing import Any

from django.db import migrations, models

from actions.rules import Report, position_of, status_summary
from tracker.people.time_zones import zone_named


def place(apps: Any, schema_editor: Any) -> None:
    updates = apps.get_model("actions", "ProgressUpdate").objects.using(schema_editor.connection.alias)
    placed: dict[int, Any] = {}
    for update in updates.select_related("author").order_by("action_point", "number", "version").iterator(2000):
        if first := placed.pop(update.supersedes_id, None):
            place = first
        else:
            zone = zone_named(update.author.time_zone if update.author else "UTC")
            place = (update.recorded_at, *position_of(update.reported_on, update.recorded_at, zone))
        placed[update.pk] = place
        recorded, position, day = place
        updates.filter(pk=update.pk).update(first_recorded_at=recorded, position=position, position_day=day)


def derive(apps: Any, schema_editor: Any) -> None:
    points = apps.get_model("actions", "ActionPoint").objects.using(schema_editor.connection.alias)
    for point in points.exclude(last_reported=None).iterator(2000):
        counted = point.progress_updates.filter(superseded_by=None, withdrawn_at=None)
        found = status_summary([Report._make(row) for row in counted.values_list(*Report._fields)])
        latest = found.last_happened and found.last_happened.latest
        points.filter(pk=point.pk).update(**found._asdict(), last_happened_latest=latest)


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0007_search_text"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex("progressupdate", "update_time_line"),
        *[
            migrations.AddField("progressupdate", name, kind(null=True))
            for name, kind in [
                ("first_recorded_at", models.DateTimeField),
                ("position", models.DateTimeField),
                ("position_day", models.DateField),
            ]
        ],
        migrations.AlterField(
            "actionpoint",
            "last_reported_latest",
            models.DateField(editable=False, null=True, verbose_name="day of the last report"),
        ),
        migrations.RenameField("actionpoint", "last_reported_latest", "last_reported_day"),
        migrations.RunPython(place, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(derive, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "progressupdate",
            "first_recorded_at",
            models.DateTimeField(editable=False, verbose_name="first recorded at"),
        ),
        migrations.AlterField(
            "progressupdate", "position", models.DateTimeField(editable=False, verbose_name="position")
        ),
        migrations.AlterField(
            "progressupdate", "position_day", models.DateField(editable=False, verbose_name="day of the position")
        ),
        migrations.AddIndex(
            "progressupdate",
            models.Index(fields=["action_point", "-position", "-number"], name="update_time_line"),
        ),
    ]
