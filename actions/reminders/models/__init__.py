from actions.reminders.models.declined_responsibility import Disclaimer
from actions.reminders.models.digest import Digest
from actions.reminders.models.digest_queryset import DigestQuerySet
from actions.reminders.models.heartbeat import Heartbeat
from actions.reminders.models.reminder_count import ReminderCount
from actions.reminders.models.schedule import ReminderSchedule, Round

__all__ = ["Digest", "DigestQuerySet", "Disclaimer", "Heartbeat", "ReminderCount", "ReminderSchedule", "Round"]
