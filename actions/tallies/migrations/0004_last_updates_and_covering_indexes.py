import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

LISTED = ("rank", "is_open", "reported", "milestone_due", "first_due", "last_due", "snoozed_until", "shows_after")
DUE = ("first_due", "last_due", "snoozed_until")


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
        *(
            migrations.RemoveIndex(model_name=model, name=name)
            for model, names in (
                ("entry", ["entry_place", "entry_due", "entry_first_due", "entry_last_due", "entry_snoozed"]),
                ("ledentry", ["led_place", *(f"led_{name}" for name in DUE)]),
            )
            for name in names
        ),
        migrations.AddIndex(
            "entry", models.Index(fields=["agenda", "place"], include=(*LISTED, "is_owned"), name="entry_place")
        ),
        migrations.AddIndex(
            "entry",
            models.Index(
                fields=["agenda", "milestone_due"],
                condition=Q(milestone_due__isnull=False, is_open=True),
                name="entry_due",
            ),
        ),
        migrations.AddIndex(
            "ledentry", models.Index(fields=["agency", "agenda", "place"], include=LISTED, name="led_place")
        ),
        *(
            migrations.AddIndex(
                model,
                models.Index(
                    fields=[*fields, name],
                    include=include,
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"{prefix}_{name}",
                ),
            )
            for model, prefix, fields, include in (
                ("entry", "entry", ["agenda"], ["is_open"]),
                ("ledentry", "led", ["agency", "agenda"], ["is_open", "milestone_due"]),
            )
            for name in DUE
        ),
    ]
