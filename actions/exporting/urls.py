"""Addresses of lists as files: the kind is what stands behind the full stop."""

from django.urls import re_path

from actions.exporting import views
from tracker.web.tabular import KINDS

_KIND = rf"(?P<kind>{'|'.join(KINDS)})"

urlpatterns = [
    re_path(rf"^agendas/(?P<slug>[-\w]+)/updates\.{_KIND}$", views.updates_file, name="updates_file"),
    re_path(rf"^agencies\.{_KIND}$", views.agencies_file, name="agencies_file"),
    re_path(rf"^people\.{_KIND}$", views.people_file, name="people_file"),
]
