from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps

from tracker import checks as checks  # registers them


class TrackerConfig(AppConfig):
    name = "tracker"
    default = True


class AdminSiteConfig(admin_apps.AdminConfig):
    """Django's admin site, opened by the tracker's own sign-in."""

    default = False
    default_site = "tracker.admin_site.AdminSite"
