"""Show admins the mail folder, which mail goes to while no SMTP server is configured."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tracker.mail.folder import MAIL_NAME, list_mail, read_mail
from tracker.people.access import signed_in
from tracker.people.permissions import Right, require

PAGE_SIZE = 50


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """List mails, the newest first. `?before=` is the name of the last one on the previous page."""
    require(signed_in(request), Right.ADMINISTER)
    before = request.GET.get("before", "")
    unknown = bool(before) and not MAIL_NAME.fullmatch(before)
    found = list_mail(PAGE_SIZE + 1, "" if unknown else before)
    context = {
        "mails": found[:PAGE_SIZE],
        "older": found[PAGE_SIZE - 1].name if len(found) > PAGE_SIZE else None,
        "unknown": unknown,
        "by_smtp": bool(settings.EMAIL_URL),
    }
    return render(request, "people/mail_list.html", context, status=400 if unknown else 200)


@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    require(signed_in(request), Right.ADMINISTER)
    try:
        mail = read_mail(name)
    except LookupError:
        raise Http404 from None
    return render(request, "people/mail_page.html", {"mail": mail})
