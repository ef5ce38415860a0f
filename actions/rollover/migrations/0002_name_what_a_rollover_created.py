import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tracker.text


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0001_initial"),
        ("rollover", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="rollover",
            options={"verbose_name": "plan of the next agenda", "verbose_name_plural": "plans of the next agendas"},
        ),
        migrations.RemoveConstraint(
            model_name="rollover",
            name="rollover_not_into_itself",
        ),
        migrations.RenameField(
            model_name="plannedissue",
            old_name="made",
            new_name="created_issue",
        ),
        migrations.RenameField(
            model_name="plannedpoint",
            old_name="made",
            new_name="created_action_point",
        ),
        migrations.RenameField(
            model_name="rollover",
            old_name="made_at",
            new_name="carried_out_at",
        ),
        migrations.RenameField(
            model_name="rollover",
            old_name="made_by",
            new_name="carried_out_by",
        ),
        migrations.RenameField(
            model_name="rollover",
            old_name="made",
            new_name="next_agenda",
        ),
        migrations.AlterField(
            model_name="rollover",
            name="next_agenda",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="created_by_rollover",
                to="issues.agenda",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("carry", "Carry forward"),
                    ("close", "Close"),
                    ("merge", "Merge with others"),
                    ("split", "Split"),
                    ("supersede", "Supersede with another one"),
                ],
                max_length=10,
                verbose_name="what happens to it",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="reason",
            field=models.CharField(max_length=500, validators=[tracker.text.validate_line], verbose_name="reason"),
        ),
        migrations.AddConstraint(
            model_name="rollover",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_agenda", models.F("source")), _negated=True), name="rollover_not_into_itself"
            ),
        ),
    ]
