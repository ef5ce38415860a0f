"""Addresses of the dashboard and of the list that its figures lead to."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
