"""Addresses of the dashboard and of its tabs."""

from django.urls import path

from actions.dashboard import chart_views, views

urlpatterns = [
    path("agendas/<slug:slug>/dashboard/", views.dashboard, name="dashboard"),
    path("agendas/<slug:slug>/dashboard/no-progress/", views.no_progress_page, name="no_progress"),
    path("agendas/<slug:slug>/dashboard/reminders/", views.reminders_page, name="dashboard_reminders"),
    path("agendas/<slug:slug>/changes/", views.changes_page, name="changes"),
    path("agendas/<slug:slug>/charts/", chart_views.charts_page, name="charts"),
    path("agendas/<slug:slug>/charts/<slug:name>.svg", chart_views.chart_file, name="chart_file"),
    path("agendas/<slug:slug>/milestones/", views.milestones_page, name="milestones"),
]
