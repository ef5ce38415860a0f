"""Change action points of a list, remind their people, and undo a change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from actions.access import get_agenda, signed_in
from actions.bulk import edits
from actions.bulk.forms import BulkEditForm
from actions.bulk.models import BulkEdit
from actions.bulk.selection import Selection, list_query, read_selection
from actions.bulk.undoing import may_undo, undo
from actions.models import ActionPoint
from actions.reminders.forms import RemindForm
from actions.reminders.manual import nobody_reminded, people_to_remind, remind_now, reminded_words
from tracker.people.models import User
from tracker.people.permissions import Right, require
from tracker.undo import success_with_undo
from tracker.web.forms import posted


@require_http_methods(["GET", "HEAD", "POST"])
def change_many(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show the selected action points of a list, or all of it, and what to do with them (`kind`).

    POST changes one action point, and previews the changes of several; POST with `version`, that of the previewed changes, makes them.
    """
    agenda = get_agenda(person := signed_in(request), slug, Right.COORDINATE, to_change=True)
    selection = read_selection(request, agenda)
    pks = selection.selected or [state.pk for state in selection.listed]
    points = ActionPoint.objects.filter(pk__in=pks[: edits.LIMIT]).with_context().in_order()
    bound, today = request.method == "POST", timezone.localdate()
    initial = {"points": selection.selected[: edits.LIMIT], "kind": request.GET.get("kind")}
    form = BulkEditForm(posted(request), points=points, today=today, initial=initial)
    context: dict[str, Any] = {
        "agenda": agenda,
        "form": form,
        "selection": selection,
        "is_cut": len(pks) > edits.LIMIT,
        "limit": edits.LIMIT,
        "edits": [
            (edit, may_undo(edit, person, timezone.now()))
            for edit in BulkEdit.objects.filter(agenda=agenda).select_related("by", "undone_by")[:10]
        ],
    }
    if form.is_valid():
        kind, target = form.cleaned_data["kind"], form.target()
        chosen, shown = form.cleaned_data["points"], request.POST.get("version")
        may_apply = bool(shown) or len(chosen) == 1
        if may_apply and (made := edits.apply_as_shown(agenda, chosen, kind, target, shown, person, timezone.now())):
            edit, words = made
            success_with_undo(request, words, f"{reverse('undo_change', args=[edit.pk])}?{selection.query}")
            return redirect(selection.list_address)
        changes = edits.planned(list(chosen), kind, target)
        sent = [(name, value) for name, values in request.POST.lists() if name in form.fields for value in values]
        context |= {
            "changes": changes,
            "is_previewed": True,
            "version": edits.version_of_changes(changes),
            "sent": sent,
        }
    status = 400 if selection.is_faulty or (bound and not form.is_valid()) else 200
    if status == 200 and request.POST.get("version"):
        status, context["is_another"] = 409, True
    return render(request, "bulk/bulk_edit_page.html", context, status=status)


@require_POST
def undo_change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Undo the changes of a bulk edit that nobody has changed since, and return to the list."""
    require(person := signed_in(request), Right.COORDINATE)
    edit = get_object_or_404(BulkEdit.objects.select_related("agenda"), pk=pk)
    if edit.by_id != person.pk:
        raise PermissionDenied(_("Only the person who made a change can undo it."))
    _undo(request, edit, person)
    address = reverse("action_point_list", args=[edit.agenda.slug])
    query = list_query(request.GET).urlencode()
    return redirect(f"{address}?{query}" if query else address)


def _undo(request: HttpRequest, edit: BulkEdit, person: User) -> None:
    """Undo the edit, and say what came of it."""
    if edit.undone_at:
        return messages.info(request, _("It was undone already; nothing was changed."))
    if not may_undo(edit, person, timezone.now()):
        return messages.error(request, _("A change can be undone for a day. Nothing was undone; change it by hand."))
    undone, remaining = undo(edit, person, timezone.now())
    if not undone:
        return messages.error(request, _("Nothing was undone: somebody has changed it since."))
    message = ngettext("%(count)s change is undone.", "%(count)s changes are undone.", undone) % {"count": undone}
    if remaining:
        remaining_message = ngettext(
            "%(count)s was left: somebody has changed it since.",
            "%(count)s were left: somebody has changed them since.",
            remaining,
        )
        message = f"{message} {remaining_message % {'count': remaining}}"
    return messages.success(request, message)


@require_http_methods(["GET", "HEAD", "POST"])
def remind_many(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show who would be reminded of the selected action points of a list, or of all of it. POST reminds them: one mail a person."""
    agenda = get_agenda(person := signed_in(request), slug, Right.COORDINATE, to_change=True)
    selection, today = read_selection(request, agenda), timezone.localdate()
    form = RemindForm(posted(request))
    pks = selection.selected or [state.pk for state in selection.listed]
    if form.is_valid() and not selection.is_faulty:
        reminded = remind_now(pks, person, form.cleaned_data["message"], timezone.now(), today)
        if reminded:
            messages.success(request, " ".join([reminded_words(reminded), _("A reminder cannot be undone.")]))
        else:
            messages.info(request, nobody_reminded())
        return redirect(selection.list_address)
    context = {"agenda": agenda, "form": form, "selection": selection, "people": _people(pks, selection)}
    status = 400 if selection.is_faulty or form.is_bound else 200
    return render(request, "bulk/remind_page.html", context, status=status)


def _people(pks: list[int], selection: Selection) -> list[tuple[User, list[str]]]:
    """Return the people who would be reminded, each with the references of what they would be asked about."""
    codes = {state.pk: state.code for state in selection.filters.states}
    return [
        (person, list(dict.fromkeys(codes[entry["action_point"]] for entry in entries)))
        for person, entries in people_to_remind(pks, timezone.localdate())
    ]
