"""List the people of the network and invite others."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F, Prefetch, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.folding import words_of
from tracker.people.access import signed_in
from tracker.people.choosing import MAX_OFFERED, matching
from tracker.people.forms import DirectorySearch, InvitationForm, NewAgencyForm
from tracker.people.invitations import invite as invite_person
from tracker.people.models import AccountMail, Agency, User, UserQuerySet
from tracker.people.permissions import Right, may, require
from tracker.searchable import contains_words
from tracker.web.forms import posted, render_form
from tracker.web.pagination import get_page

PAGE_SIZE = 100


def search_people(reader: User, text: str) -> UserQuerySet:
    """Return the people whom the reader may see, by agency and name, whose name and address, or agency, contain all words of `text`."""
    people = User.objects.all() if may(reader, Right.ADMINISTER) else User.objects.active()
    if words := words_of(text):
        agencies = Agency.objects.filter(contains_words(words))
        people = people.filter(contains_words(words) | Q(agency__in=agencies))
    return people.order_by(F("agency__acronym").asc(nulls_last=True), "name", "email")


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """List people by agency; only admins see those who are deactivated. `?q=` searches names, addresses and agencies; `?page=` is the
    page.
    """
    person = signed_in(request)
    administers, coordinates = may(person, Right.ADMINISTER), may(person, Right.COORDINATE)
    search = DirectorySearch(request.GET)
    wanted = search.cleaned_data["q"] if search.is_valid() else ""
    people = search_people(person, wanted).select_related("agency")
    if coordinates:
        invitations = AccountMail.objects.filter(kind=AccountMail.Kind.INVITATION)
        people = people.prefetch_related(Prefetch("account_mails", invitations, to_attr="invitations"))
    errors: list[str] = []
    context = {
        "search": search,
        "page": get_page(people, PAGE_SIZE, request.GET, errors),
        "errors": errors,
        "administers": administers,
        "coordinates": coordinates,
        "query": urlencode({"q": wanted}) if wanted else "",
    }
    return render(request, "people/people_list.html", context, status=200 if search.is_valid() and not errors else 400)


@require_safe
def people_suggestions(request: HttpRequest) -> HttpResponse:
    """Suggest people while a coordinator types a name into a form: a fragment of HTML. `?q=` is what was typed; with `deactivated=yes`
    people who are deactivated are suggested, too.
    """
    require(signed_in(request), Right.COORDINATE)
    search = DirectorySearch(request.GET)
    typed = search.cleaned_data["q"] if search.is_valid() else ""
    people = User.objects.all() if request.GET.get("deactivated") == "yes" else User.objects.active()
    found = list(matching(people, typed).select_related("agency")[: MAX_OFFERED + 1])
    context = {"people": found[:MAX_OFFERED], "has_more": len(found) > MAX_OFFERED}
    return render(request, "people/_suggestions.html", context, status=200 if search.is_valid() else 400)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponseBase:
    """Add a person and queue the invitation; coordinators invite focal points. The list of people says what becomes of the mail."""
    require(person := signed_in(request), Right.COORDINATE)
    form = InvitationForm(posted(request), may_choose_role=may(person, Right.ADMINISTER))
    if form.is_valid():
        try:
            added = form.add()
        except ValidationError as error:  # another request added the address meanwhile
            form.add_error("email", error)
        else:
            return _invited(request, added, person)
    if form.is_bound and (invited := form.already_invited()):
        messages.info(
            request, _("%(person)s is already in the directory; no second mail was sent.") % {"person": invited}
        )
        return _to(invited)
    return render_form(request, "people/invitation_form.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def add_agency(request: HttpRequest) -> HttpResponseBase:
    """Add an agency to the directory."""
    require(signed_in(request), Right.COORDINATE)
    form = NewAgencyForm(posted(request))
    if form.is_valid():
        agency = form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": agency})
        return redirect(agency)
    return render_form(request, "people/agency_form.html", form)


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    require(sender := signed_in(request), Right.COORDINATE)
    person = get_object_or_404(User.objects.active(), pk=pk)
    if not person.is_focal_point:
        require(sender, Right.ADMINISTER)
    if person.has_usable_password():
        messages.info(request, _("%(person)s already has a password; no mail was sent.") % {"person": person})
        return _to(person)
    return _invited(request, person, sender)


def _invited(request: HttpRequest, person: User, sender: User) -> HttpResponseBase:
    invite_person(person, by=sender)
    message = _("The invitation to %(person)s is on its way to %(email)s. Below you see what becomes of it.")
    messages.success(request, message % {"person": person, "email": person.email})
    return _to(person)


def _to(person: User) -> HttpResponseBase:
    return redirect(f"{reverse('people_list')}?{urlencode({'q': person.email})}")
