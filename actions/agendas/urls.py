"""Addresses of agendas and issues."""

from django.urls import path

from actions.agendas import editing, views
from tracker import converters  # noqa: F401 - registers <number:>

urlpatterns = [
    path("agendas/", views.agenda_list, name="agenda_list"),
    path("agendas/<slug:slug>/", views.agenda_page, name="agenda"),
    path("agendas/<slug:slug>/edit/", editing.edit_agenda, name="agenda_edit"),
    path("agendas/<slug:slug>/issues/", editing.add_issue, name="add_issue"),
    path("agendas/<slug:slug>/issues/<number:number>/edit/", editing.edit_issue, name="issue_edit"),
    path(
        "agendas/<slug:slug>/issues/<number:number>/action-points/",
        editing.add_action_point,
        name="add_action_point",
    ),
    path("agendas/<slug:slug>/issues/<number:number>/", views.issue_page, name="issue"),
]
