import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0001_initial"),
        ("actions", "0006_derive_no_progress_streak"),
        ("tallies", "0003_led_entries"),
    ]

    operations = [
        migrations.CreateModel(
            name="LastUpdate",
            fields=[
                (
                    "action_point",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="actions.actionpoint",
                    ),
                ),
                (
                    "agenda",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="issues.agenda",
                    ),
                ),
                ("recorded", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["agenda", "recorded"], name="last_update_recorded")],
            },
        ),
        migrations.RemoveIndex(model_name="entry", name="entry_recorded"),
        migrations.RemoveField(model_name="entry", name="recorded"),
    ]
