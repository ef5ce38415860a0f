"""Addresses of the reminder pages."""

from django.urls import path

from actions.reminders import answering
from actions.reminders.views import asking, health, ledger, schedules, unsubscribing
from tracker import converters  # noqa: F401 - registers <number:>

urlpatterns = [
    path("agendas/<slug:slug>/<number:issue>.<number:number>/reminder/", asking.remind, name="remind"),
    path("health/", health.health_page, name="health"),
    path("reminders/", ledger.reminders, name="reminders"),
    path("reminders/attempts/", ledger.send_failed_again, name="digests_send_again"),
    path("reminders/answers/<str:token>/", answering.answer, name="answer"),
    path("reminders/disclaimers/<int:pk>/settlement/", ledger.settle, name="settle_disclaimer"),
    path("reminders/unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("reminders/digests/<int:pk>/", ledger.digest, name="digest"),
    path("reminders/digests/<int:pk>/attempts/", ledger.send_again, name="digest_send_again"),
    path("reminders/schedules/<slug:slug>/", schedules.schedule, name="reminder_schedule"),
    path("reminders/schedules/<slug:slug>/preview/", schedules.preview, name="digest_preview"),
]
