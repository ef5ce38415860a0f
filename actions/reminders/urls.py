"""Addresses of the reminder pages."""

from django.urls import path

from actions.reminders.views import answers, health, manual, schedules, sent_reminders, unsubscribing
from tracker import converters  # noqa: F401 - registers <number:>

urlpatterns = [
    path("agendas/<slug:slug>/<number:issue>.<number:number>/reminder/", manual.remind, name="remind"),
    path("alive/", health.alive_page, name="alive"),
    path("health/", health.health_page, name="health"),
    path("reminders/", sent_reminders.reminders, name="reminders"),
    path("reminders/attempts/", sent_reminders.send_failed_again, name="digests_send_again"),
    path("reminders/answers/<str:token>/", answers.answer, name="answer"),
    path("reminders/disclaimers/<int:pk>/settlement/", sent_reminders.resolve, name="resolve_declined_responsibility"),
    path("reminders/unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("reminders/digests/<int:pk>/", sent_reminders.digest, name="digest"),
    path("reminders/digests/<int:pk>/attempts/", sent_reminders.send_again, name="digest_send_again"),
    path("reminders/schedules/<slug:slug>/", schedules.schedule, name="reminder_schedule"),
    path("reminders/schedules/<slug:slug>/preview/", schedules.preview, name="digest_preview"),
]
