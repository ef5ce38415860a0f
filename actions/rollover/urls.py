"""Addresses of the way from one agenda into the next: /agendas/2005/roll-over/ and below."""

from django.urls import path

from actions.rollover import views
from actions.rollover.issue_views import add_issue, edit_issue
from tracker import converters  # noqa: F401 - registers <number:>

_HERE = "agendas/<slug:slug>/roll-over/"

urlpatterns = [
    path(_HERE, views.overview, name="rollover"),
    path(f"{_HERE}name/", views.name, name="rollover_name"),
    path(f"{_HERE}<number:issue>.<number:number>/", views.decision, name="rollover_decision"),
    path(f"{_HERE}carried-forward/", views.carried_forward, name="rollover_bulk"),
    path(f"{_HERE}issues/", add_issue, name="rollover_add_issue"),
    path(f"{_HERE}issues/<number:number>/", edit_issue, name="rollover_issue"),
    path(f"{_HERE}agenda/", views.agenda, name="rollover_agenda"),
    path(f"{_HERE}undoing/", views.undoing, name="rollover_undoing"),
    path(f"{_HERE}opening/", views.opening, name="rollover_opening"),
]
