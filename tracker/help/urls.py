"""Route the help pages."""

from django.urls import path

from tracker.help import views

urlpatterns = [
    path("help/", views.help_index, name="help"),
    path("help/contact/", views.contact, name="help_contact"),
    path("help/<slug:page>/", views.help_page, name="help_page"),
    path("welcome/", views.dismiss_welcome, name="dismiss_welcome"),
]
