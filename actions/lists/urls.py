"""Addresses of the list of action points and of lists as files."""

from django.urls import path, re_path

from actions.lists import file_views, views
from tracker.web.tabular import KINDS

_KIND = rf"(?P<kind>{'|'.join(KINDS)})"

urlpatterns = [
    path("agendas/<slug:slug>/action-points/", views.action_point_list, name="action_point_list"),
    re_path(rf"^agendas/(?P<slug>[-\w]+)/action-points\.{_KIND}$", views.export, name="export"),
    path("agendas/<slug:slug>/views/", views.save_view, name="save_view"),
    path("views/<int:pk>/removal/", views.remove_view, name="remove_view"),
    re_path(rf"^agendas/(?P<slug>[-\w]+)/updates\.{_KIND}$", file_views.updates_file, name="updates_file"),
    re_path(rf"^agencies\.{_KIND}$", file_views.agencies_file, name="agencies_file"),
    re_path(rf"^people\.{_KIND}$", file_views.people_file, name="people_file"),
]
