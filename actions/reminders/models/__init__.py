from actions.reminders.models.declined_responsibility import DeclinedResponsibility
from actions.reminders.models.digest import Digest
from actions.reminders.models.digest_queryset import DigestQuerySet
from actions.reminders.models.heartbeat import Heartbeat
from actions.reminders.models.planned_until import PlannedUntil
from actions.reminders.models.reminder_count import ReminderCount
from actions.reminders.models.schedule import ReminderSchedule

__all__ = [
    "DeclinedResponsibility",
    "Digest",
    "DigestQuerySet",
    "Heartbeat",
    "PlannedUntil",
    "ReminderCount",
    "ReminderSchedule",
]
