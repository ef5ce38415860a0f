"""Schedules and digests in the admin site. Digests can be read there, never changed."""

from django.contrib import admin

from actions.reminders.models import Digest, ReminderSchedule
from tracker.admin_site import ReadOnlyAdmin, RecordAdmin


@admin.register(ReminderSchedule)
class ReminderScheduleAdmin(RecordAdmin):
    list_display = ["agenda", "enabled", "rhythm", "weekdays", "hour", "starts_on"]
    list_select_related = ["agenda"]
    list_filter = ["enabled", "rhythm"]
    search_fields = ["agenda__slug", "agenda__title"]


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    list_display = ["recipient", "day", "state", "sent_at", "attempts"]
    list_select_related = ["recipient"]
    list_filter = ["state"]
    search_fields = ["recipient__email", "recipient__name", "message_id"]
    date_hierarchy = "day"
    list_per_page = 50
