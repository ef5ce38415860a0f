"""Show the audit trail in the admin site, for admins only, with a file of what the list shows."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone

from tracker.admin_site import ReadOnlyAdmin
from tracker.audit.models import AuditEntry
from tracker.web.tabular import file_response

COLUMNS = ("at", "event", "by_id", "by", "about_id", "about", "detail", "address", "request")
BATCH = 1000


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "event", "person", "subject", "detail", "address", "request_id"]
    list_display_links = None
    list_select_related = ["person", "subject"]
    list_filter = ["event", "at"]
    search_fields = ["person__email", "person__name", "subject__email", "subject__name", "address", "request_id"]
    date_hierarchy = "at"
    list_per_page = 100
    actions = None
    change_list_template = "audit/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export)
        return [path("export.csv", export, name="audit_auditentry_export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Return the entries that the list shows with the same query, as CSV, the newest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        entries = self.get_changelist_instance(request).get_queryset(request)
        head = {"made_at": timezone.now().isoformat(timespec="seconds")}
        return file_response("csv", "audit-trail", COLUMNS, _rows(entries), head, entries.count)


def _rows(entries: "QuerySet[AuditEntry]") -> Iterator[list[list[Any]]]:
    """Read batch by batch, below the last entry of the batch before, so that new entries change nothing."""
    entries, last = entries.order_by("-pk").select_related("person", "subject"), None
    while batch := list((entries if last is None else entries.filter(pk__lt=last))[:BATCH]):
        last = batch[-1].pk
        yield [_row(entry) for entry in batch]


def _row(entry: AuditEntry) -> list[Any]:
    people: list[Any] = []
    for person in (entry.person, entry.subject):
        people += [person.pk, str(person)] if person else [None, ""]
    moment = entry.at.astimezone(UTC).isoformat(timespec="seconds")
    return [moment, entry.event, *people, entry.detail, entry.address, entry.request_id]
