"""Route the directory, invitations, preferences and the mail folder."""

from django.urls import URLPattern, path

from tracker.people.views.directory import add_agency, invite, people_list, people_suggestions, send_again
from tracker.people.views.mail import mail_detail, mail_list
from tracker.people.views.preferences import language, preferences

urlpatterns: list[URLPattern] = [
    path("people/", people_list, name="people_list"),
    path("people/suggestions/", people_suggestions, name="people_suggestions"),
    path("people/invitations/", invite, name="invite"),
    path("people/agencies/", add_agency, name="add_agency"),
    path("people/<int:pk>/invitation/", send_again, name="send_invitation"),
    path("mail/", mail_list, name="mail_list"),
    path("mail/<str:name>/", mail_detail, name="mail_detail"),
    path("preferences/", preferences, name="preferences"),
    path("language/", language, name="language"),
]
