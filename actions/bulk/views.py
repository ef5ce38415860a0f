"""Change several action points of a list at once, and undo such an edit."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from actions.access import get_agenda, signed_in
from actions.as_of import AsOf
from actions.bulk import edits
from actions.bulk.forms import BulkEditForm
from actions.bulk.models import BulkEdit
from actions.lists.filters import ActionPointFilter, query_without_page, unknown_parameters
from actions.models import ActionPoint
from actions.reader import read_agenda
from tracker.people.permissions import Right, require


@require_http_methods(["GET", "HEAD", "POST"])
def change_many(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show the action points of a list, filtered by the query of that list. POST previews the changes; POST with `version`, the version
    of the previewed changes, makes them.
    """
    agenda = get_agenda(person := signed_in(request), slug, Right.COORDINATE, to_change=True)
    today = AsOf(timezone.localdate())
    filters = ActionPointFilter(request.GET, agenda=agenda, user=person, as_of=today, states=read_agenda(agenda, today))
    parameter_errors = unknown_parameters(request.GET, [*filters.filters, "sort", "columns"])
    pks = [state.pk for state in filters.narrowed()[: edits.LIMIT + 1]]
    points = ActionPoint.objects.filter(pk__in=pks[: edits.LIMIT]).with_context().in_order()
    bound = request.method == "POST"
    initial = {"points": pks}
    form = BulkEditForm(request.POST if bound else None, points=points, today=today.day, initial=initial)
    context: dict[str, Any] = {
        "agenda": agenda,
        "form": form,
        "filters": filters,
        "parameter_errors": parameter_errors,
        "is_cut": len(pks) > edits.LIMIT,
        "limit": edits.LIMIT,
        "query": query_without_page(request.GET),
        "edits": BulkEdit.objects.filter(agenda=agenda).select_related("by", "undone_by")[:10],
    }
    if form.is_valid():
        kind, target = form.cleaned_data["kind"], form.target()
        chosen, shown = form.cleaned_data["points"], request.POST.get("version")
        if shown and (count := edits.apply_as_shown(agenda, chosen, kind, target, shown, person, timezone.now())):
            message = ngettext("%(count)s change is made.", "%(count)s changes are made.", count) % {"count": count}
            messages.success(request, " ".join([message, _("It can be undone below.")]))
            return redirect(f"{reverse('change_many', args=[slug])}?{context['query']}")
        changes = edits.planned(list(chosen), kind, target)
        version = edits.version_of_changes(changes)
        sent = [(name, value) for name, values in request.POST.lists() if name in form.fields for value in values]
        context |= {"changes": changes, "is_previewed": True, "version": version, "sent": sent}
    status = 400 if parameter_errors or filters.errors or (bound and not form.is_valid()) else 200
    if status == 200 and request.POST.get("version"):
        status, context["is_another"] = 409, True
    return render(request, "bulk/bulk_edit_page.html", context, status=status)


@require_POST
def undo_change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Undo the changes of a bulk edit that nobody has changed since."""
    require(person := signed_in(request), Right.COORDINATE)
    edit = get_object_or_404(BulkEdit.objects.select_related("agenda"), pk=pk)
    undone, remaining = edits.undo(edit, person, timezone.now())
    if not undone and not remaining:
        messages.info(request, _("It was undone already; nothing was changed."))
    else:
        message = ngettext("%(count)s change is undone.", "%(count)s changes are undone.", undone) % {"count": undone}
        if remaining:
            remaining_message = ngettext(
                "%(count)s was left: somebody has changed it since.",
                "%(count)s were left: somebody has changed them since.",
                remaining,
            )
            message = f"{message} {remaining_message % {'count': remaining}}"
        messages.success(request, message)
    return redirect(f"{reverse('change_many', args=[edit.agenda.slug])}?{query_without_page(request.GET)}")
