"""Addresses of where each person begins."""

from django.urls import path

from actions.inbox import views

urlpatterns = [
    path("", views.home, name="home"),
    path("my/", views.my_action_points, name="my_action_points"),
]
