"""Addresses of people: invitations, preferences, the mail folder."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
