"""Renames the wordings of parts to edits of sections."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("note", "0005_note_file_too_large")]

    operations = [
        migrations.RemoveConstraint(model_name="wording", name="wording_version_unique"),
        migrations.RemoveConstraint(model_name="wording", name="wording_counts_from_one"),
        migrations.RemoveConstraint(model_name="wording", name="wording_part_given"),
        migrations.RenameModel(old_name="Wording", new_name="SectionEdit"),
        migrations.AlterModelOptions(name="sectionedit", options={}),  # the order names renamed fields
        migrations.RenameField(model_name="sectionedit", old_name="part", new_name="section"),
        migrations.RenameField(model_name="sectionedit", old_name="passages", new_name="blocks"),
        migrations.RenameField(model_name="sectionedit", old_name="made_at", new_name="edited_at"),
        migrations.AlterModelOptions(
            name="sectionedit",
            options={
                "ordering": ["agenda", "section", "-version"],
                "verbose_name": "edit of the note",
                "verbose_name_plural": "edits of the note",
            },
        ),
        migrations.AlterField(
            model_name="sectionedit",
            name="agenda",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="note_edits",
                to="issues.agenda",
                verbose_name="agenda",
            ),
        ),
        migrations.AlterField(
            model_name="sectionedit",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="note_edits",
                to="people.user",
                verbose_name="author",
            ),
        ),
        migrations.AlterField(
            model_name="sectionedit",
            name="blocks",
            field=models.JSONField(blank=True, default=list, verbose_name="blocks"),
        ),
        migrations.AlterField(
            model_name="sectionedit",
            name="edited_at",
            field=models.DateTimeField(verbose_name="edited at"),
        ),
        migrations.AlterField(
            model_name="sectionedit",
            name="section",
            field=models.CharField(max_length=40, verbose_name="section"),
        ),
        migrations.AddConstraint(
            model_name="sectionedit",
            constraint=models.UniqueConstraint(
                fields=("agenda", "section", "version"), name="section_edit_version_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="sectionedit",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="section_edit_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="sectionedit",
            constraint=models.CheckConstraint(
                condition=models.Q(("section", ""), _negated=True), name="section_edit_names_section"
            ),
        ),
    ]
