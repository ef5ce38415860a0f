import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tracker.text


class Migration(migrations.Migration):
    dependencies = [
        ("handover", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="handover",
            options={
                "ordering": ["-created_at", "-id"],
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
            },
        ),
        migrations.RenameField(model_name="handover", old_name="made_by", new_name="created_by"),
        migrations.RenameField(model_name="handover", old_name="made_at", new_name="created_at"),
        migrations.AlterField(
            model_name="handover",
            name="created_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="created by",
            ),
        ),
        migrations.AlterField(
            model_name="handover",
            name="created_at",
            field=models.DateTimeField(verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="handover",
            name="reason",
            field=models.CharField(max_length=500, validators=[tracker.text.validate_line], verbose_name="reason"),
        ),
        migrations.AddField(
            model_name="handover",
            name="submission",
            field=models.UUIDField(editable=False, null=True, unique=True, verbose_name="submission"),
        ),
    ]
