"""Addresses of hand-overs."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
