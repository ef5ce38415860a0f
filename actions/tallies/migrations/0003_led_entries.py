import django.db.models.deletion
from django.db import migrations, models


def _key(to: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=to,
    )


def _rare(name: str, index: str, *before: str) -> models.Index:
    return models.Index(condition=models.Q((f"{name}__isnull", False)), fields=[*before, "agenda", name], name=index)


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0003_lean_indexes"),
        ("issues", "0001_initial"),
        ("people", "0002_digest_ceiling"),
        ("tallies", "0002_change_of_choices"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedEntry",
            fields=[
                ("action_point", _key("actions.actionpoint")),
                ("agency", _key("people.agency")),
                ("agenda", _key("issues.agenda")),
                ("place", models.PositiveIntegerField()),
                ("rank", models.PositiveSmallIntegerField()),
                ("is_open", models.BooleanField()),
                ("reported", models.DateField()),
                ("milestone_due", models.DateField(null=True)),
                ("first_due", models.DateField(null=True)),
                ("last_due", models.DateField(null=True)),
                ("snoozed_until", models.DateField(null=True)),
                ("shows_after", models.DateField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "action_point_id",
                        "agency_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["agenda", "place"], name="led_of_all"),
                    models.Index(fields=["agency", "agenda", "place"], name="led_place"),
                    models.Index(fields=["agency", "agenda", "rank", "place"], name="led_rank"),
                    models.Index(fields=["agency", "agenda", "reported", "place"], name="led_reported"),
                    *(_rare(name, f"led_{name}", "agency") for name in ("first_due", "last_due", "snoozed_until")),
                ],
            },
        ),
        migrations.RemoveIndex(model_name="entry", name="entry_unowned"),
        migrations.AddField(model_name="entry", name="first_due", field=models.DateField(null=True)),
        migrations.AddField(model_name="entry", name="last_due", field=models.DateField(null=True)),
        migrations.AddIndex(model_name="entry", index=_rare("first_due", "entry_first_due")),
        migrations.AddIndex(model_name="entry", index=_rare("last_due", "entry_last_due")),
    ]
