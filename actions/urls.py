"""Addresses of what people read and log. An action point's is its reference: /agendas/2005/3.2/."""

from django.urls import path

from actions.views import (
    action_points,
    agencies,
    agenda_editing,
    agendas,
    corrections,
    drafts,
    milestones,
    progress,
    worklist,
)
from tracker import converters  # noqa: F401 - registers <number:>

_POINT = "agendas/<slug:slug>/<number:issue>.<number:number>/"

urlpatterns = [
    path("", worklist.home, name="home"),
    path("my/", worklist.my_action_points, name="my_action_points"),
    path("agendas/", agendas.agenda_list, name="agenda_list"),
    path("agendas/<slug:slug>/", agendas.agenda_page, name="agenda"),
    path("agendas/<slug:slug>/edit/", agenda_editing.edit_agenda, name="agenda_edit"),
    path("agendas/<slug:slug>/outline/", agenda_editing.paste_agenda, name="paste_agenda"),
    path("agendas/<slug:slug>/issues/", agenda_editing.add_issue, name="add_issue"),
    path("agendas/<slug:slug>/issues/<number:number>/edit/", agenda_editing.edit_issue, name="issue_edit"),
    path(
        "agendas/<slug:slug>/issues/<number:number>/action-points/",
        agenda_editing.add_action_point,
        name="add_action_point",
    ),
    path("agendas/<slug:slug>/issues/<number:number>/", agendas.issue_page, name="issue"),
    path(_POINT, action_points.action_point_page, name="action_point"),
    path(f"{_POINT}edit/", action_points.edit, name="action_point_edit"),
    path(f"{_POINT}updates/", progress.log_progress, name="log_progress"),
    path(f"{_POINT}updates/drafts/<int:pk>/removal/", drafts.discard, name="discard_draft"),
    path(f"{_POINT}updates/<number:update>/", action_points.update_page, name="progress_update"),
    path(f"{_POINT}updates/<number:update>/corrections/", corrections.correct, name="correct_update"),
    path(f"{_POINT}updates/<number:update>/withdrawal/", corrections.withdraw, name="withdraw_update"),
    path(f"{_POINT}milestones/", milestones.add, name="add_milestone"),
    path(f"{_POINT}milestones/<int:pk>/", milestones.edit, name="edit_milestone"),
    path(f"{_POINT}milestones/<int:pk>/completion/", milestones.mark_done, name="milestone_done"),
    path(f"{_POINT}milestones/<int:pk>/removal/", milestones.remove, name="remove_milestone"),
    path(f"{_POINT}snooze/", action_points.snooze, name="snooze"),
    path("preview/", progress.preview, name="markdown_preview"),
    path("agencies/", agencies.agency_list, name="agency_list"),
    path("agencies/<str:acronym>/", agencies.agency_page, name="agency"),
]
