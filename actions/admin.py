"""Administer issues, action points, milestones and progress updates in the admin site."""

import re
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint, Evidence, Milestone, ProgressUpdate, Responsibility
from actions.progress import apply_status
from issues.models import Issue
from tracker.admin_forms import PartFormSet, PartInline
from tracker.admin_site import ReadOnlyAdmin, RecordAdmin
from tracker.changed_fields import ChangedFieldsForm

_REFERENCE = re.compile(r"\s*(?:(?P<agenda>[-\w]+)/)?(?P<issue>\d{1,3})\.(?P<number>\d{1,3})\s*")


class ActionPointInline(PartInline):
    model = ActionPoint
    fields = ["number", "title", "status"]
    readonly_fields = ["status"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActionPoint]:
        return super().get_queryset(request).select_related("issue__agenda")


class ResponsibilityForm(ChangedFieldsForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since.earliest:
            self.add_error("until", gettext("This is before the agency began to lead it."))
        if until and until > timezone.localdate():
            self.add_error("until", gettext("This date is in the future. Enter it once the agency no longer leads."))
        return cleaned


class ResponsibilityFormSet(PartFormSet):
    def clean(self) -> None:
        """Refuse two current responsibilities of one agency, one of which may have been added meanwhile. One query."""
        super().clean()
        listed = [form.instance.pk for form in self.initial_forms]
        others = Responsibility.objects.current().filter(action_point=self.instance.pk).exclude(pk__in=listed)
        current = {part.agency for part in others.select_related("agency")}
        for form in self.forms:
            values = getattr(form, "cleaned_data", None) or {}
            if not (agency := values.get("agency")) or values.get("until"):
                continue
            if agency in current:
                message = gettext(
                    "%(agency)s already leads this action point. Enter the day until which it led, or remove this line."
                )
                form.add_error("agency", message % {"agency": agency})
            current.add(agency)


class ResponsibilityInline(PartInline):
    model = Responsibility
    form = ResponsibilityForm  # type: ignore[assignment] # not a PartForm: its formset compares the agencies
    formset = ResponsibilityFormSet
    fields = ["agency", "since", "until", "persons", "paused_until", "pause_reason", "status"]
    readonly_fields = ["paused_until", "pause_reason", "status"]
    autocomplete_fields = ["agency", "persons"]


class MilestoneInline(PartInline):
    model = Milestone
    autocomplete_fields = ["agency"]
    fields = ["agency", "title", "place", "due", "due_note", "repeats_every_months", "done_on"]


class ActionPointForm(ChangedFieldsForm):
    def clean_carried_from(self) -> Any:
        """Refuse a circle. One query for each agenda before it."""
        earlier = {point.pk for point in self.cleaned_data["carried_from"]}
        known: set[int] = set()
        while earlier and self.instance.pk:
            if self.instance.pk in earlier:
                raise ValidationError(
                    gettext("An action point cannot be carried over from itself, directly or through others.")
                )
            known |= earlier
            found = ActionPoint.objects.filter(carried_to__in=earlier).values_list("pk", flat=True)
            earlier = set(found) - known
        return self.cleaned_data["carried_from"]


@admin.register(Issue)
class IssueAdmin(RecordAdmin):
    list_display = ["agenda", "number", "title", "action_point_count"]
    list_display_links = ["number", "title"]
    list_filter = ["agenda"]
    search_fields = ["title", "rationale"]
    ordering = ["agenda", "number"]
    fields = ["agenda", "number", "title", "short_title", "rationale"]
    inlines = [ActionPointInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        issues = super().get_queryset(request).select_related("agenda")
        return issues.annotate(action_point_total=Count("action_points"))

    def as_choice(self, issue: Issue) -> str:
        """Return the agenda and the issue: issues of several agendas may have the same title."""
        return f"{issue.agenda.slug}: {issue}"

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for part in formset.extra_forms:
            part.instance.added_on = form.instance.agenda.day_of_adding(timezone.localdate())
        super().save_formset(request, form, formset, change)

    @admin.display(description=_("action points"), ordering="action_point_total")
    def action_point_count(self, issue: Issue) -> int:
        return issue.action_point_total  # type: ignore[attr-defined] # annotated


@admin.register(ActionPoint)
class ActionPointAdmin(RecordAdmin):
    form = ActionPointForm
    list_display = ["reference", "title", "status", "leads", "last_reported", "last_happened"]
    list_display_links = ["reference", "title"]
    list_filter = ["issue__agenda", "status", "responsibilities__agency", "issue"]
    search_fields = ["title", "description"]
    search_help_text = _("Words of the title or description, or a reference such as 2005/3.2.")
    autocomplete_fields = ["issue", "carried_from"]
    readonly_fields = ["status", "last_reported", "last_happened", "added_on"]
    fieldsets = [
        (None, {"fields": ["issue", "number", "title", "description"]}),
        (_("Carried over"), {"fields": ["carried_from"]}),
        (_("Status"), {"fields": tuple(readonly_fields)}),
    ]
    inlines = [ResponsibilityInline, MilestoneInline]
    protected_relations = ["drafts", "carried_to"]

    def save_model(self, request: HttpRequest, obj: ActionPoint, form: Any, change: bool) -> None:
        if not change:
            obj.added_on = obj.issue.agenda.day_of_adding(timezone.localdate())
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Store the parts, and derive the status that follows from them. `save_model` has locked the action point."""
        super().save_related(request, form, formsets, change)
        apply_status(form.instance)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActionPoint]:
        points: Any = super().get_queryset(request)
        return points.with_context()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ActionPoint], search_term: str
    ) -> tuple[QuerySet[ActionPoint], bool]:
        results, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if reference := _REFERENCE.fullmatch(search_term):
            matches = Q(issue__number=int(reference["issue"]), number=int(reference["number"]))
            if reference["agenda"]:
                matches &= Q(issue__agenda__slug__iexact=reference["agenda"])
            results |= queryset.filter(matches)
        return results, may_have_duplicates

    @admin.display(description=_("reference"), ordering="issue__agenda__slug")
    def reference(self, action_point: ActionPoint) -> str:
        return action_point.reference

    @admin.display(description=_("led by"))
    def leads(self, action_point: ActionPoint) -> str:
        return ", ".join(agency.acronym for agency in action_point.leads)


@admin.register(Milestone)
class MilestoneAdmin(RecordAdmin):
    list_display = ["title", "reference", "due", "done_on", "place"]
    list_filter = ["action_point__issue__agenda", ("done_on", admin.EmptyFieldListFilter)]
    search_fields = ["title", "place", "action_point__title"]
    autocomplete_fields = ["action_point"]
    fields = ["action_point", "agency", "title", "place", "due", "due_note", "repeats_every_months", "done_on"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Milestone]:
        return super().get_queryset(request).select_related("action_point__issue__agenda")

    @admin.display(description=_("action point"), ordering="action_point__issue__agenda__slug")
    def reference(self, milestone: Milestone) -> str:
        return milestone.action_point.reference


@admin.register(ProgressUpdate)
class ProgressUpdateAdmin(ReadOnlyAdmin):
    """Show updates read-only. People correct and withdraw them on the tracker's own pages, which store the earlier versions."""

    list_display = ["reference", "status", "agency", "author", "happened", "reported_on", "recorded_at", "is_current"]
    list_filter = ["action_point__issue__agenda", "status", "agency", ("withdrawn_at", admin.EmptyFieldListFilter)]
    date_hierarchy = "recorded_at"
    list_per_page = 50
    list_max_show_all = 200
    ordering = ["-recorded_at", "-pk"]
    search_fields = ["narrative", "reason", "action_point__title"]
    fieldsets = [
        (None, {"fields": ["action_point", "number", "version", "supersedes", "status", "is_piece", "covers_all"]}),
        (_("What was reported"), {"fields": ["narrative", "reason", "happened", "reported_on", "evidence_links"]}),
        (_("Who"), {"fields": ["agency", "attributed_to", "participants", "author", "recorded_at"]}),
        (_("Withdrawal"), {"fields": ["withdrawn_at", "withdrawn_by", "withdrawn_reason"]}),
    ]
    readonly_fields = ["evidence_links"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProgressUpdate]:
        related = ["action_point__issue__agenda", "agency", "author", "superseded_by"]
        return super().get_queryset(request).select_related(*related)

    @admin.display(description=_("update"), ordering="action_point__issue__agenda__slug")
    def reference(self, update: ProgressUpdate) -> str:
        return str(update)

    @admin.display(description=_("current"), boolean=True)
    def is_current(self, update: ProgressUpdate) -> bool:
        return not update.is_withdrawn and not hasattr(update, "superseded_by")

    @admin.display(description=_("evidence"))
    def evidence_links(self, update: ProgressUpdate) -> SafeString:
        links: list[Evidence] = list(update.evidence.all())
        return format_html_join(", ", '<a href="{}" rel="noopener">{}</a>', ((each.url, str(each)) for each in links))
