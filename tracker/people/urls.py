"""Addresses of people: the directory, invitations, preferences."""

from django.urls import URLPattern, path

from tracker.people.views.preferences import preferences

urlpatterns: list[URLPattern] = [
    path("preferences/", preferences, name="preferences"),
]
