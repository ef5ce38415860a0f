"""Route the pages that prepare the next agenda: /agendas/2005/roll-over/ and below."""

from django.urls import path

from actions.rollover import decision_views, issue_views, milestone_views, views
from tracker import converters  # noqa: F401 - registers <number:>

_BASE = "agendas/<slug:slug>/roll-over/"

urlpatterns = [
    path(_BASE, views.overview, name="rollover"),
    path(f"{_BASE}name/", views.name_form, name="rollover_name"),
    path(f"{_BASE}<number:issue>.<number:number>/", decision_views.decision_form, name="rollover_decision"),
    path(f"{_BASE}carried-forward/", decision_views.carry_forward, name="rollover_carry_forward"),
    path(f"{_BASE}issues/", issue_views.add_issue, name="rollover_add_issue"),
    path(f"{_BASE}issues/<number:number>/", issue_views.edit_issue, name="rollover_edit_issue"),
    path(f"{_BASE}milestones/", milestone_views.milestones_form, name="rollover_milestones"),
    path(f"{_BASE}agenda/", views.create_agenda, name="rollover_create_agenda"),
    path(f"{_BASE}undoing/", views.remove_draft, name="rollover_remove_draft"),
]
