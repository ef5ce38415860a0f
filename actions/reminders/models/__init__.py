from actions.reminders.models.digest import Digest, DigestQuerySet
from actions.reminders.models.schedule import ReminderSchedule, Round

__all__ = ["Digest", "DigestQuerySet", "ReminderSchedule", "Round"]
