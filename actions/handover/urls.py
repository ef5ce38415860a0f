"""Route the pages of hand-overs."""

from django.urls import path

from actions.handover import views

urlpatterns = [
    path("hand-overs/", views.handover_list, name="handover_list"),
    path("hand-overs/new/", views.create_handover, name="create_handover"),
    path("hand-overs/<int:pk>/", views.handover_page, name="handover"),
]
