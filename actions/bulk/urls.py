"""Route the pages that act on the action points of a list."""

from django.urls import path

from actions.bulk import views

urlpatterns = [
    path("agendas/<slug:slug>/action-points/changes/", views.change_many, name="change_many"),
    path("agendas/<slug:slug>/action-points/reminders/", views.remind_many, name="remind_many"),
    path("action-points/changes/<int:pk>/undoing/", views.undo_change, name="undo_change"),
]
