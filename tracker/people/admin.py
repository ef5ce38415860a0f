"""Show agencies and people in the admin site."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tracker.admin_site import RecordAdmin
from tracker.people.access import signed_in
from tracker.people.forms import PersonForm
from tracker.people.invitations import invite
from tracker.people.models import Agency, User


@admin.register(Agency)
class AgencyAdmin(RecordAdmin):
    list_display = ["acronym", "name", "kind", "parent", "people_count"]
    list_display_links = ["acronym", "name"]
    list_filter = ["kind", ("parent", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["parent"]
    search_fields = ["acronym", "name"]
    ordering = ["acronym"]
    autocomplete_fields = ["parent"]
    fields = ["acronym", "name", "kind", "parent"]
    protected_relations = ["responsibilities", "joined_progress_updates"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agency]:
        return super().get_queryset(request).annotate(people_total=Count("people"))

    @admin.display(description=_("people"), ordering="people_total")
    def people_count(self, agency: Agency) -> int:
        return agency.people_total  # type: ignore[attr-defined] # annotated


@admin.register(User)
class PersonAdmin(RecordAdmin):
    """Edit people, who are never deleted and set their own passwords."""

    form = PersonForm
    list_display = ["name", "email", "role", "agency", "is_active", "last_login"]
    list_display_links = ["name", "email"]
    list_filter = ["role", "is_active", "agency"]
    list_select_related = ["agency"]
    search_fields = ["name", "email", "agency__acronym"]
    autocomplete_fields = ["agency"]
    fieldsets = [
        (None, {"fields": ["email", "name", "role", "agency", "is_active"]}),
        (_("Preferences"), {"fields": ["language", "time_zone", "wants_digests", "digests_paused_until"]}),
        (_("Account"), {"fields": ["date_joined", "last_login"]}),
    ]
    readonly_fields = ["date_joined", "last_login"]
    actions = ["send_invitations", "deactivate", "activate", "remove_second_factors"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep admins from taking the administration away from themselves by accident."""
        own = ["role", "is_active"] if obj is not None and obj == request.user else []
        return [*super().get_readonly_fields(request, obj), *own]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            transaction.on_commit(lambda: self._invite(request, [obj]))

    @admin.action(description=_("Send the invitation again"), permissions=["change"])
    def send_invitations(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._invite(request, [person for person in people if person.is_active and not person.has_usable_password()])

    def _invite(self, request: HttpRequest, people: list[User]) -> None:
        for person in people:
            invite(person, by=signed_in(request))
        message = ngettext(
            "%(count)d invitation is on its way. The list of people says what becomes of it.",
            "%(count)d invitations are on their way. The list of people says what becomes of them.",
            len(people),
        )
        self.message_user(request, message % {"count": len(people)}, messages.SUCCESS if people else messages.WARNING)

    @admin.action(description=_("Deactivate the selected people"), permissions=["change"])
    def deactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._switch(request, people.exclude(email=request.user.get_username()), active=False)

    @admin.action(description=_("Activate the selected people"), permissions=["change"])
    def activate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._switch(request, people, active=True)

    @admin.action(description=_("Remove the second factor (lost telephone)"), permissions=["change"])
    def remove_second_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Let people who lost their telephone sign in with their password alone, until they set up another factor."""
        theirs = Authenticator.objects.filter(user__in=people)
        count = theirs.values("user").distinct().count()
        theirs.delete()
        message = ngettext(
            "%(count)d person now signs in without it.", "%(count)d people now sign in without it.", count
        )
        self.message_user(request, message % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def _switch(self, request: HttpRequest, people: QuerySet[User], *, active: bool) -> None:
        count = 0
        for person in people.filter(is_active=not active):
            person.is_active = active
            person._history_user = request.user  # type: ignore[attr-defined] # goes into the history
            person.save(update_fields=["is_active"])
            count += 1
        if active:
            message = ngettext("%(count)d person activated.", "%(count)d people activated.", count)
        else:
            message = ngettext("%(count)d person deactivated.", "%(count)d people deactivated.", count)
        self.message_user(request, message % {"count": count}, messages.SUCCESS if count else messages.WARNING)
