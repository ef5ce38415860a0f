"""Put together the routes of all packages."""

from django.contrib import admin
from django.urls import include, path

handler400 = "tracker.web.error_pages.bad_request"
handler429 = "tracker.web.error_pages.too_many_attempts"  # django-allauth looks it up
handler500 = "tracker.web.error_pages.server_error"

urlpatterns = [
    path("", include("actions.inbox.urls")),
    path("", include("actions.setup.urls")),
    path("", include("actions.agendas.urls")),
    path("", include("actions.agencies.urls")),
    path("", include("actions.action_points.urls")),
    path("", include("actions.lists.urls")),
    path("", include("actions.dashboard.urls")),
    path("", include("actions.bulk.urls")),
    path("", include("actions.note.urls")),
    path("", include("actions.reminders.urls")),
    path("", include("actions.search.urls")),
    path("", include("actions.rollover.urls")),
    path("", include("actions.handover.urls")),
    path("", include("tracker.people.urls")),
    path("", include("tracker.help.urls")),
    path("accounts/", include("tracker.people.account_urls")),
    path("admin/", admin.site.urls),
]
