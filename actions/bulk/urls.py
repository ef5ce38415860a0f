"""Route the pages of bulk edits."""

from django.urls import path

from actions.bulk import views

urlpatterns = [
    path("agendas/<slug:slug>/action-points/changes/", views.change_many, name="change_many"),
    path("action-points/changes/<int:pk>/undoing/", views.undo_change, name="undo_change"),
]
