"""URLs of the agencies."""

from django.urls import path

from actions.agencies import views

urlpatterns = [
    path("agencies/", views.agency_list, name="agency_list"),
    path("agencies/<str:acronym>/", views.agency_page, name="agency"),
]
