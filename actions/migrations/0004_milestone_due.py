from django.db import migrations, models

from tracker.dates.fields import PartialDateEdge


class Migration(migrations.Migration):
    dependencies = [("actions", "0003_lean_indexes")]

    operations = [
        *(
            migrations.AlterField(model, "due_latest", PartialDateEdge(edge="latest", source="due"))
            for model in ("historicalmilestone", "milestone")
        ),
        migrations.AddIndex("milestone", models.Index(fields=["due_latest", "id"], name="milestone_due_latest")),
    ]
