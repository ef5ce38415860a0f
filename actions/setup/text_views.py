"""Step 1: paste a text, see what was understood of it, answer what is doubtful, and add it to the agenda."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.access import signed_in
from actions.agendas.editing import agenda_to_edit
from actions.setup.adding import add_to_agenda
from actions.setup.checklist import questions_left, steps
from actions.setup.forms import PastedTextForm
from actions.setup.models import PastedText
from actions.setup.pasted_agenda import PastedAgenda, understand
from actions.setup.questions import add_agency
from actions.setup.reading import read_page
from issues.models import Agenda
from tracker.people.models import User
from tracker.transactions import atomic_post
from tracker.web.form_recovery import clear_browser_copy, preserve_form, saved_initial
from tracker.web.forms import posted

MAX_ERRORS_SHOWN = 20


@preserve_form
@require_http_methods(["GET", "HEAD", "POST"])
@atomic_post
def paste_agenda(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Read a pasted text, which is stored with every POST. `answer`, `all` and `agencies` answer questions; `do=add` adds it.

    `?edit=1` shows the text in a field again.
    """
    agenda = agenda_to_edit(request, slug)
    person = signed_in(request)
    stored = PastedText.objects.filter(agenda=agenda).first()
    has_text = stored is not None and bool(stored.text) and not stored.added_at
    if request.method == "POST" and has_text and "text" not in request.POST:
        assert stored is not None  # noqa: S101 - for types
        return _change(request, agenda, stored, person)
    if request.method == "POST" and stored and stored.added_at and "text" not in request.POST:
        messages.info(request, _("This text was already added."))
        return _added(agenda)
    if stored and has_text and request.method != "POST" and "edit" not in request.GET and "saved" not in request.GET:
        return _show(request, agenda, stored, _read(agenda, stored))
    form = PastedTextForm(posted(request), stored=stored, initial=saved_initial(request))
    if form.is_valid():
        stored = _store(agenda, stored, form.cleaned_data["text"], person)
        pasted = _read(agenda, stored)
        if not pasted.errors:
            messages.success(request, _("Text saved. Nothing is added yet."), extra_tags=clear_browser_copy(request))
            return redirect("paste_agenda", slug)
        form.add_error("text", ValidationError(pasted.errors[:MAX_ERRORS_SHOWN]))
    status = 200 if not form.is_bound else 409 if form.is_conflict else 400
    context = {"agenda": agenda, "form": form, "steps": _steps(agenda, None), "stored": stored}
    return render(request, "setup/paste_form.html", context, status=status)


def _read(agenda: Agenda, stored: PastedText) -> PastedAgenda:
    return understand(agenda, stored.text, stored.answers, timezone.localdate())


def _store(agenda: Agenda, stored: PastedText | None, text: str, person: User) -> PastedText:
    """Store the text. The answers stay: they belong to passages, and a new text hardly has the same ones."""
    answers = stored.answers if stored and not stored.added_at else {}
    stored = stored or PastedText(agenda=agenda)
    stored.text, stored.answers, stored.added_at = text, answers, None
    stored.saved_by, stored.saved_at = person, timezone.now()
    stored.save()
    return stored


def _change(request: HttpRequest, agenda: Agenda, stored: PastedText, person: User) -> HttpResponseBase:
    """Take an answer, or add everything."""
    pasted = _read(agenda, stored)
    if request.POST.get("do") == "add":
        return _add(request, agenda, stored, pasted, person)
    try:
        count = _answer(request, stored, pasted)
    except ValidationError as error:
        return _show(request, agenda, stored, _read(agenda, stored), errors=error.messages, status=400)
    if not count:
        messages.info(request, _("This question was already answered."))
    address = reverse("paste_agenda", args=[agenda.slug])
    page = request.POST.get("page", "")
    return redirect(
        f"{address}?page={page}#questions" if page.isdecimal() and len(page) < 5 else f"{address}#questions"
    )


def _answer(request: HttpRequest, stored: PastedText, pasted: PastedAgenda) -> int:
    """Store answers, and return how many questions they settle. Raises ValidationError if an agency cannot be added."""
    kind, _separator, value = request.POST.get("all", "").partition(":")
    key, _separator, answer = request.POST.get("answer", "").rpartition("=")
    settled = 0
    for question in pasted.questions:
        chosen = value if question.kind == kind else answer if question.key == key else ""
        if chosen not in [each for each, _label in question.answers]:
            continue
        settled += 1
        if question.agency and chosen == "add":
            add_agency(question.agency, request.POST.get(f"name-{question.agency.acronym}", ""))
        else:
            stored.answers[question.key] = chosen
    stored.save(update_fields=["answers"])
    return settled


def _add(
    request: HttpRequest, agenda: Agenda, stored: PastedText, pasted: PastedAgenda, person: User
) -> HttpResponseBase:
    if pasted.errors:
        return _show(request, agenda, stored, pasted, status=400)
    if pasted.questions:
        left = questions_left(len(pasted.questions))
        message = _("%(left)s. Answer first; nothing was added.") % {"left": left}
        return _show(request, agenda, stored, pasted, errors=[message], status=400)
    if request.POST.get("version") != pasted.version:
        message = _(
            "The text or the agenda has changed since you opened this page. Nothing was added. Check it again, then continue."
        )
        return _show(request, agenda, stored, pasted, errors=[message], status=409)
    add_to_agenda(pasted, by=person, now=timezone.now())
    stored.added_at = timezone.now()
    stored.save(update_fields=["added_at"])
    messages.success(request, _("Added: %(what)s.") % {"what": pasted.summary()})
    return _added(agenda)


def _added(agenda: Agenda) -> HttpResponseBase:
    return redirect("setup_agencies", agenda.slug) if agenda.state == Agenda.State.DRAFT else redirect(agenda)


def _show(
    request: HttpRequest,
    agenda: Agenda,
    stored: PastedText,
    pasted: PastedAgenda,
    *,
    errors: Iterable[str] = (),
    status: int = 200,
) -> HttpResponse:
    """Show the text beside what was understood."""
    page_errors: list[str] = []
    page = read_page(pasted, stored.text, request.GET, page_errors)
    context: dict[str, Any] = {
        "agenda": agenda,
        "stored": stored,
        "pasted": pasted,
        "page": page,
        "errors": [*errors, *pasted.errors[:MAX_ERRORS_SHOWN], *page_errors],
        "steps": _steps(agenda, pasted),
    }
    return render(request, "setup/reading_page.html", context, status=400 if page_errors and status == 200 else status)


def _steps(agenda: Agenda, pasted: PastedAgenda | None) -> Any:
    return steps(agenda, 1, pasted) if agenda.state == Agenda.State.DRAFT else None
