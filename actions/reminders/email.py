"""Render a digest as a mail in its recipient's language, from its row alone."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionStatus
from actions.models.status import AttentionReason
from actions.reminders.links import Purpose, answer_link, unsubscribe_link
from actions.reminders.models.digest import Digest
from actions.reminders.models.entry import MILESTONE_AHEAD, DigestEntry, DigestMilestone
from tracker.dates.value import PartialDate
from tracker.durations import in_words


@dataclass(frozen=True, slots=True)
class DigestText:
    """The subject and the two bodies of a digest."""

    subject: str
    text: str
    html: str


def render_digest(digest: Digest, entries: list[DigestEntry], language: str) -> DigestText:
    """Render the digest in `language`. Needs its recipient and agenda loaded; no query."""
    with translation.override(language):
        sections: dict[str, list[dict[str, object]]] = {
            name: [] for name in ("own", "ahead", "escalated", "unanswered")
        }
        for entry in entries:
            sections[_section(entry)].append(_item(entry, digest, language))
        context = sections | {
            "recipient": digest.recipient,
            "agenda": digest.agenda,
            "asked_by": digest.asked_by,
            "message": digest.message,
            "reference": entries[0]["reference"] if entries else "",
            "count": len(entries) - len(sections["ahead"]),
            "count_ahead": len(sections["ahead"]),
            "language": language,
            "right_to_left": translation.get_language_bidi(),
            "worklist_url": settings.BASE_URL + reverse("my_action_points"),
            "preferences_url": settings.BASE_URL + reverse("preferences"),
            "agenda_url": settings.BASE_URL + digest.agenda.get_absolute_url(),
        }
        subject, text, html = (
            get_template(f"reminders/digest{name}").render(context) for name in ("_subject.txt", ".txt", ".html")
        )
    return DigestText(" ".join(subject.split()), text.strip() + "\n", html)


def render_without_links(digest: Digest, entries: list[DigestEntry], language: str = "") -> DigestText:
    """Render the digest for other readers: without the links that only its recipient may use."""
    unsent = Digest(recipient=digest.recipient, agenda=digest.agenda, asked_by=digest.asked_by, message=digest.message)
    return render_digest(unsent, entries, language or digest.recipient.language)


def digest_mail(digest: Digest, entries: list[DigestEntry]) -> EmailMultiAlternatives:
    """Build the mail, with the digest's own Message-ID, and headers against holiday replies and for unsubscribing with one click."""
    content = render_digest(digest, entries, digest.recipient.language)
    mail = EmailMultiAlternatives(
        content.subject,
        content.text,
        to=[digest.recipient.email],
        headers={
            "Message-ID": digest.message_id,
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{unsubscribe_link(digest.recipient)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(content.html, "text/html")
    return mail


def _section(entry: DigestEntry) -> str:
    """Return the section of the mail that lists the entry."""
    if entry["unanswered"]:
        return "unanswered"
    if entry.get("escalated"):
        return "escalated"
    return "ahead" if entry["reasons"] == [MILESTONE_AHEAD] else "own"


def _item(entry: DigestEntry, digest: Digest, language: str) -> dict[str, object]:
    place = [entry["slug"], entry["issue"], entry["number"]]
    return {
        "reference": entry["reference"],
        "title": entry["title"],
        "status": ActionStatus(entry["status"]).label,
        "reasons": reasons_of(entry, language),
        "last_reported": _display_date(entry["last_reported"], language) if entry["last_reported"] else "",
        "url": settings.BASE_URL + reverse("action_point", args=place),
        "answers": [
            (purpose.label, answer_link(digest, entry["action_point"], purpose.value) if digest.pk else "")
            for purpose in Purpose
        ],
    }


def reasons_of(entry: DigestEntry, language: str) -> list[str]:
    """Return why the digest lists the action point, the most important reason first. `language` is the active one."""
    milestones = entry.get("milestones", [])
    reasons = [_reason(reason, entry["days_silent"]) for reason in entry["reasons"] if reason != MILESTONE_AHEAD]
    if names := [_milestone(each, language) for each in milestones if each["passed"]]:
        reasons.remove(str(AttentionReason.MILESTONE_PASSED.label))
        reasons += [_("passed without being done: %(milestone)s") % {"milestone": name} for name in names]
    reasons += [
        _in_days(each["in_days"]) % {"milestone": _milestone(each, language), "days": each["in_days"]}
        for each in milestones
        if not each["passed"]
    ]
    if (streak := entry.get("streak", 0)) > 1:
        text = ngettext(
            "%(count)s report in a row without progress", "%(count)s reports in a row without progress", streak
        )
        reasons.append(text % {"count": streak})
    if (reminded := entry.get("reminded", 0)) > 0:
        text = ngettext("%(count)s reminder without an answer", "%(count)s reminders without an answer", reminded)
        reasons.append(text % {"count": reminded})
    return reasons


def _milestone(milestone: DigestMilestone, language: str) -> str:
    """`“Course” (December 2026)`."""
    name = _("“%(title)s”") % {"title": milestone["title"]}
    return f"{name} ({_display_date(milestone['due'], language)})" if milestone["due"] else name


def _in_days(days: int) -> str:
    if days < 1:
        return _("due now: %(milestone)s")
    return ngettext("due in %(days)s day: %(milestone)s", "due in %(days)s days: %(milestone)s", days)


def _reason(reason: str, days_silent: int | None) -> str:
    if reason == AttentionReason.SILENT and days_silent is not None:
        return _("no report for %(time)s") % {"time": in_words(days_silent)}
    return str(AttentionReason(reason).label)


@lru_cache(maxsize=4096)
def _display_date(edtf: str, language: str) -> str:
    """Display a partial date in the active language, which is `language`. Cached: thousands of mails share a few dates."""
    return str(PartialDate.parse(edtf))
