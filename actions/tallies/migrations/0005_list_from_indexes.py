from django.db import migrations, models

READ = (
    "action_point",
    "rank",
    "is_open",
    "reported",
    "milestone_due",
    "first_due",
    "last_due",
    "snoozed_until",
    "shows_after",
)


class Migration(migrations.Migration):
    dependencies = [
        ("tallies", "0004_last_updates_and_covering_indexes"),
    ]

    operations = [
        migrations.RemoveIndex("entry", "entry_place"),
        migrations.AddIndex(
            "entry", models.Index(fields=["agenda", "place"], include=(*READ, "is_owned"), name="entry_place")
        ),
        migrations.RemoveIndex("ledentry", "led_place"),
        migrations.AddIndex(
            "ledentry", models.Index(fields=["agency", "agenda", "place"], include=READ, name="led_place")
        ),
        migrations.RemoveIndex("ledentry", "led_of_all"),
        migrations.RemoveIndex("ledentry", "led_rank"),
        migrations.AddIndex(
            "ledentry",
            models.Index(
                fields=["agency", "agenda", "rank", "place"],
                include=("action_point", "reported", "milestone_due", "snoozed_until"),
                name="led_rank",
            ),
        ),
    ]
