"""Addresses of the dashboard and of the list that its figures lead to."""

from django.urls import path, re_path

from actions.dashboard import list_views, views

urlpatterns = [
    path("agendas/<slug:slug>/dashboard/", views.dashboard, name="dashboard"),
    re_path(r"^agendas/(?P<slug>[-\w]+)/action-points\.(?P<kind>csv|json|xlsx)$", list_views.export, name="export"),
    path("agendas/<slug:slug>/views/", list_views.save_view, name="save_view"),
    path("views/<int:pk>/removal/", list_views.remove_view, name="remove_view"),
    path("agendas/<slug:slug>/action-points/changes/", list_views.change_many, name="change_many"),
    path("action-points/changes/<int:pk>/undoing/", list_views.undo_change, name="undo_change"),
    path("agendas/<slug:slug>/changes/", views.changes_page, name="changes"),
    path("agendas/<slug:slug>/milestones/", views.milestones_page, name="milestones"),
    path("agendas/<slug:slug>/action-points/", views.action_point_list, name="action_point_list"),
]
