"""URLs of the start page and of my action points."""

from django.urls import path

from actions.inbox import box_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("my/", views.my_action_points, name="my_action_points"),
    path("my/parts/<int:pk>/", box_views.box, name="inbox_box"),
]
