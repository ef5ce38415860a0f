"""Administer agendas and issues in the admin site."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda, Issue
from tracker.admin_forms import PartInline
from tracker.admin_site import RecordAdmin


class IssueInline(PartInline):
    model = Issue
    fields = ["number", "title"]


@admin.register(Agenda)
class AgendaAdmin(RecordAdmin):
    list_display = ["slug", "title", "state", "visible_to", "silence_days", "issue_count"]
    list_display_links = ["slug", "title"]
    list_filter = ["state", "visible_to"]
    search_fields = ["slug", "title", "report_title"]
    ordering = ["-slug"]
    fieldsets = [
        (None, {"fields": ["slug", "title", "state", "visible_to", "silence_days"]}),
        (
            _("What was agreed"),
            {"fields": ["agreed_on", "reporting_period", "report_title", "introduction", "about_baseline", "follows"]},
        ),
    ]
    inlines = [IssueInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agenda]:
        return super().get_queryset(request).annotate(issue_total=Count("issues"))

    @admin.display(description=_("issues"), ordering="issue_total")
    def issue_count(self, agenda: Agenda) -> int:
        return agenda.issue_total  # type: ignore[attr-defined] # annotated
