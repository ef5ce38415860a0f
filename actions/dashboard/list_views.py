"""What is done with a list of action points: keeping it under a name, and changing what is in it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.access import get_agenda, public_if_visible, signed_in
from actions.as_of import PARAMETERS, AsOf, read_as_of
from actions.dashboard import bulk, exporting
from actions.dashboard.filters import ActionPointFilter, query_without_page, unknown_parameters
from actions.dashboard.forms import BulkEditForm, SaveViewForm
from actions.dashboard.headings import COLUMNS
from actions.dashboard.models import BulkEdit, SavedView
from actions.dashboard.sorting import DEFAULT, ORDERS, in_order
from actions.models import ActionPoint
from actions.reader import read_agenda
from tracker.people.permissions import Right, require
from tracker.web.tabular import file_response


@public_if_visible
@require_safe
def export(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """The list of the same query as a file (csv, json or xlsx); nothing where part of the query could not be understood."""
    as_of = read_as_of(request)
    agenda = as_of.look_back(get_agenda(request.user, slug))
    filters = ActionPointFilter(
        request.GET, agenda=agenda, user=request.user, as_of=as_of, states=read_agenda(agenda, as_of)
    )
    sort, shown = request.GET.get("sort") or DEFAULT, request.GET.getlist("columns")
    complaints = [
        *unknown_parameters(request.GET, [*filters.filters, *PARAMETERS, "sort", "columns"]),
        *as_of.complaints,
    ]
    if filters.errors or complaints or sort not in ORDERS or set(shown) - set(COLUMNS):
        raise BadRequest(_("Part of what the address asks for could not be understood, so no file was made."))
    found, with_people = in_order(filters.narrowed(), sort), request.user.is_authenticated
    columns = exporting.columns(is_past=as_of.is_past, with_people=with_people)
    rows = exporting.file_rows(found, as_of.day, is_past=as_of.is_past, with_people=with_people)
    head = {
        "agenda": f"{agenda.slug}: {agenda.title}",
        "filters": "; ".join(f"{label}: {words}" for label, words, _without in filters.chosen()) or _("none"),
        "sorted_by": str(ORDERS[sort].label),
        "made_at": timezone.now().isoformat(timespec="seconds"),
    } | as_of.query
    return file_response(kind, f"action-points-{agenda.slug}", columns, rows, head, lambda: len(found))


@require_POST
def save_view(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Keep a list under a name; one's own view of that name is replaced."""
    agenda = get_agenda(person := signed_in(request), slug)
    form = SaveViewForm(request.POST)
    if not form.is_valid():
        return render(request, "dashboard/view_form.html", {"agenda": agenda, "form": form}, status=400)
    try:
        with transaction.atomic():
            view, is_new = SavedView.objects.update_or_create(
                person=person,
                agenda=agenda,
                name=form.cleaned_data["name"],
                defaults={"query": form.cleaned_data["query"], "is_shared": form.cleaned_data["is_shared"]},
            )
    except IntegrityError:  # a double click
        view, is_new = SavedView.objects.get(person=person, agenda=agenda, name=form.cleaned_data["name"]), True
    said = (
        _("The view “%(name)s” is kept.")
        if is_new
        else _("The view “%(name)s” is this list now; before, it was another.")
    )
    messages.success(request, said % {"name": view.name})
    return redirect(view)


@require_POST
def remove_view(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One's own; those of others are not found."""
    view = get_object_or_404(SavedView.objects.select_related("agenda"), pk=pk, person=signed_in(request))
    view.delete()
    messages.success(
        request, _("The view “%(name)s” is gone; the action points are where they were.") % {"name": view.name}
    )
    return redirect("action_point_list", view.agenda.slug)


@require_http_methods(["GET", "POST"])
def change_many(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The action points of a list, whose query it takes. POST shows what would change; with `plan`, the fingerprint of
    what was shown, it changes just that.
    """
    agenda = get_agenda(person := signed_in(request), slug, Right.COORDINATE)
    today = AsOf(timezone.localdate())
    filters = ActionPointFilter(request.GET, agenda=agenda, user=person, as_of=today, states=read_agenda(agenda, today))
    complaints = unknown_parameters(request.GET, [*filters.filters, "sort", "columns"])
    pks = [state.pk for state in filters.narrowed()[: bulk.LIMIT + 1]]
    points = ActionPoint.objects.filter(pk__in=pks[: bulk.LIMIT]).with_context().in_order()
    bound = request.method == "POST"
    form = BulkEditForm(request.POST if bound else None, points=points, initial={"points": pks})
    context: dict[str, Any] = {
        "agenda": agenda,
        "form": form,
        "filters": filters,
        "complaints": complaints,
        "is_cut": len(pks) > bulk.LIMIT,
        "limit": bulk.LIMIT,
        "query": query_without_page(request.GET),
        "edits": BulkEdit.objects.filter(agenda=agenda).select_related("by", "undone_by")[:10],
    }
    if form.is_valid():
        kind, target = form.cleaned_data["kind"], form.target()
        chosen, shown = form.cleaned_data["points"], request.POST.get("plan")
        if shown and (made := bulk.apply_as_shown(agenda, chosen, kind, target, shown, person, timezone.now())):
            said = ngettext("%(count)s change is made.", "%(count)s changes are made.", made)
            messages.success(request, " ".join([said % {"count": made}, _("It can be undone below.")]))
            return redirect(f"{reverse('change_many', args=[slug])}?{context['query']}")
        changes = bulk.planned(list(chosen), kind, target)
        plan = bulk.fingerprint(changes)
        sent = [(name, value) for name, values in request.POST.lists() if name in form.fields for value in values]
        context |= {"changes": changes, "is_previewed": True, "plan": plan, "sent": sent}
    status = 400 if complaints or filters.errors or (bound and not form.is_valid()) else 200
    if status == 200 and request.POST.get("plan"):
        status, context["is_another"] = 409, True
    return render(request, "dashboard/change_many_page.html", context, status=status)


@require_POST
def undo_change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a change of many back, as far as nobody has changed it since."""
    require(person := signed_in(request), Right.COORDINATE)
    edit = get_object_or_404(BulkEdit.objects.select_related("agenda"), pk=pk)
    undone, kept = bulk.undo(edit, person, timezone.now())
    if not undone and not kept:
        messages.info(request, _("It was undone already; nothing was changed."))
    else:
        said = ngettext("%(count)s change is undone.", "%(count)s changes are undone.", undone) % {"count": undone}
        if kept:
            left = ngettext(
                "%(count)s was left: somebody has changed it since.",
                "%(count)s were left: somebody has changed them since.",
                kept,
            )
            said = f"{said} {left % {'count': kept}}"
        messages.success(request, said)
    return redirect(f"{reverse('change_many', args=[edit.agenda.slug])}?{query_without_page(request.GET)}")
