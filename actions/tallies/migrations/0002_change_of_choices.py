from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tallies", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="change",
            name="of_choices",
            field=models.BooleanField(default=True),
            preserve_default=False,
        ),
    ]
