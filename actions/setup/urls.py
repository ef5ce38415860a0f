"""Route the set-up of an agenda. The address of its text is also that of pasting into an open agenda."""

from django.urls import path

from actions.setup import step_views, text_views

urlpatterns = [
    path("new-agenda/", step_views.new_agenda, name="new_agenda"),
    path("agendas/<slug:slug>/outline/", text_views.paste_agenda, name="paste_agenda"),
    path("agendas/<slug:slug>/set-up/agencies/", step_views.agencies, name="setup_agencies"),
    path("agendas/<slug:slug>/set-up/people/", step_views.people, name="setup_people"),
    path("agendas/<slug:slug>/set-up/leads/", step_views.leads, name="setup_leads"),
    path("agendas/<slug:slug>/set-up/opening/", step_views.opening, name="setup_opening"),
]
