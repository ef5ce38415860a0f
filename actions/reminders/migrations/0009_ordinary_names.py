import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0008_digest_cause_not_built"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel("Round", "PlannedRound"),
        migrations.RemoveConstraint("disclaimer", "disclaimer_standing_once"),
        migrations.RemoveConstraint("disclaimer", "disclaimer_has_reason"),
        migrations.RemoveConstraint("disclaimer", "disclaimer_settled_whole"),
        migrations.RenameModel("Disclaimer", "DeclinedResponsibility"),
        migrations.RenameField("declinedresponsibility", "settled_by", "resolved_by"),
        migrations.RenameField("declinedresponsibility", "settled_at", "resolved_at"),
        migrations.RenameField("digest", "admins_told", "admins_notified"),
        migrations.RenameField("heartbeat", "failures_told_at", "failures_reported_at"),
        migrations.AlterModelOptions(
            name="declinedresponsibility",
            options={
                "ordering": ["-made_at", "-id"],
                "verbose_name": "declined responsibility",
                "verbose_name_plural": "declined responsibilities",
            },
        ),
        migrations.AlterModelOptions(
            name="plannedround",
            options={
                "ordering": ["-planned_at"],
                "verbose_name": "planned round",
                "verbose_name_plural": "planned rounds",
            },
        ),
        migrations.AlterField(
            model_name="declinedresponsibility",
            name="action_point",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="declined_responsibilities",
                to="actions.actionpoint",
                verbose_name="action point",
            ),
        ),
        migrations.AlterField(
            model_name="declinedresponsibility",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="declined_responsibilities",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="declinedresponsibility",
            name="resolved_at",
            field=models.DateTimeField(null=True, verbose_name="resolved at"),
        ),
        migrations.AlterField(
            model_name="declinedresponsibility",
            name="resolved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resolved_declined_responsibilities",
                to=settings.AUTH_USER_MODEL,
                verbose_name="resolved by",
            ),
        ),
        migrations.AlterField(
            model_name="digest",
            name="admins_notified",
            field=models.BooleanField(default=False, verbose_name="admins were notified that it failed"),
        ),
        migrations.AlterField(
            model_name="digest",
            name="error",
            field=models.CharField(blank=True, max_length=500, verbose_name="answer of the mail server"),
        ),
        migrations.AlterField(
            model_name="digest",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="sent at"),
        ),
        migrations.AlterField(
            model_name="digest",
            name="snapshot",
            field=models.JSONField(verbose_name="content"),
        ),
        migrations.AlterField(
            model_name="heartbeat",
            name="alarm_raised",
            field=models.BooleanField(default=False, verbose_name="admins were alerted that it stopped"),
        ),
        migrations.AlterField(
            model_name="historicalreminderschedule",
            name="escalate_after",
            field=models.PositiveSmallIntegerField(
                blank=True,
                default=3,
                help_text="After this many, the lead agency's other focal points get the action point in their digests, too; after twice as many, the coordinators. Leave it empty for no escalation.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)],
                verbose_name="reminders without an answer before escalation",
            ),
        ),
        migrations.AlterField(
            model_name="reminderschedule",
            name="escalate_after",
            field=models.PositiveSmallIntegerField(
                blank=True,
                default=3,
                help_text="After this many, the lead agency's other focal points get the action point in their digests, too; after twice as many, the coordinators. Leave it empty for no escalation.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)],
                verbose_name="reminders without an answer before escalation",
            ),
        ),
        migrations.AddConstraint(
            model_name="declinedresponsibility",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_by", None)),
                fields=("person", "action_point"),
                name="declined_unresolved_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="declinedresponsibility",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="declined_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="declinedresponsibility",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolved_at", None), ("resolved_by", None)),
                    models.Q(("resolved_at__isnull", False), ("resolved_by__isnull", False)),
                    _connector="OR",
                ),
                name="declined_resolved_by_and_at",
            ),
        ),
        migrations.AlterField(
            model_name="digest",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("worker_died", "The worker stopped in the middle of it."),
                    ("no_reply", "The connection broke before the mail server said whether it took the mail."),
                    ("refused_for_now", "The mail server could not be reached or did not take it now."),
                    (
                        "not_built",
                        "The mail could not be put together: a mail setting or a header is wrong. An admin has to correct it.",
                    ),
                    ("refused", "The mail server refused it."),
                    ("given_up", "Given up after several attempts."),
                    ("inactive", "The person is not active any more."),
                    ("unwanted", "The person does not want digests, or has paused them."),
                    ("switched_off", "The reminders of this agenda were switched off."),
                    ("agenda_closed", "The agenda is not open any more."),
                    ("nothing_left", "Nothing in it shows no progress any more."),
                    ("bounced", "The mail was returned."),
                ],
                max_length=20,
                verbose_name="what happened",
            ),
        ),
        migrations.AlterField(
            model_name="digest",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Waiting"),
                    ("claimed", "Being prepared"),
                    ("sending", "Being sent"),
                    ("sent", "Sent"),
                    ("uncertain", "Uncertain"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                    ("bounced", "Returned"),
                ],
                default="pending",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
