"""Addresses of the reminder pages."""

from django.urls import path

from actions.reminders import answering, views

urlpatterns = [
    path("health/", views.health_page, name="health"),
    path("reminders/", views.reminders, name="reminders"),
    path("reminders/answers/<str:token>/", answering.answer, name="answer"),
    path("reminders/disclaimers/<int:pk>/settlement/", views.settle, name="settle_disclaimer"),
    path("reminders/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("reminders/digests/<int:pk>/", views.digest, name="digest"),
    path("reminders/digests/<int:pk>/attempts/", views.send_again, name="digest_send_again"),
    path("reminders/schedules/<slug:slug>/", views.schedule, name="reminder_schedule"),
    path("reminders/schedules/<slug:slug>/preview/", views.preview, name="digest_preview"),
]
