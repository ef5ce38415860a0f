"""Addresses of the reminder pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
