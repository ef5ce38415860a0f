"""Route the pages of action points. The address contains the reference: /agendas/2005/3.2/."""

from django.urls import path

from actions.action_points.views import corrections, drafts, milestones, pages, pausing, progress
from tracker import converters  # noqa: F401 - registers <number:>

_POINT = "agendas/<slug:slug>/<number:issue>.<number:number>/"

urlpatterns = [
    path(_POINT, pages.action_point_page, name="action_point"),
    path(f"{_POINT}edit/", pages.edit, name="action_point_edit"),
    path(f"{_POINT}history/", pages.history_page, name="action_point_history"),
    path(f"{_POINT}updates/", progress.log_progress, name="log_progress"),
    path(f"{_POINT}updates/drafts/<int:pk>/removal/", drafts.discard, name="discard_draft"),
    path(f"{_POINT}updates/<number:update>/", pages.update_page, name="progress_update"),
    path(f"{_POINT}updates/<number:update>/corrections/", corrections.correct, name="correct_update"),
    path(f"{_POINT}updates/<number:update>/withdrawal/", corrections.withdraw, name="withdraw_update"),
    path(f"{_POINT}milestones/", milestones.add, name="add_milestone"),
    path(f"{_POINT}milestones/<int:pk>/", milestones.edit, name="edit_milestone"),
    path(f"{_POINT}milestones/<int:pk>/completion/", milestones.mark_done, name="milestone_done"),
    path(f"{_POINT}milestones/<int:pk>/removal/", milestones.remove, name="remove_milestone"),
    path(f"{_POINT}snooze/", pausing.pause, name="snooze"),
    path("preview/", progress.preview, name="markdown_preview"),
]
