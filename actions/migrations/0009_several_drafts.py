"""A person may keep several drafts on an action point, one for each form."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0008_position_of_updates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="progressdraft", name="draft_unique_per_person"),
        migrations.AlterModelOptions(
            name="progressdraft",
            options={"ordering": ["-saved_at", "-pk"], "verbose_name": "draft", "verbose_name_plural": "drafts"},
        ),
        migrations.AddConstraint(
            model_name="progressdraft",
            constraint=models.UniqueConstraint(
                fields=("action_point", "author", "submission"), name="draft_unique_per_form"
            ),
        ),
    ]
