"""Addresses of people: the directory, invitations, preferences."""

from django.urls import URLPattern, path

from tracker.people.views.directory import invite, people_list, send_again
from tracker.people.views.preferences import preferences

urlpatterns: list[URLPattern] = [
    path("people/", people_list, name="people_list"),
    path("people/invitations/", invite, name="invite"),
    path("people/<int:pk>/invitation/", send_again, name="send_invitation"),
    path("preferences/", preferences, name="preferences"),
]
