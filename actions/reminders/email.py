"""The mail that a digest is: made from its ledger entry alone, in its recipient's language."""

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
from actions.models.status import NoProgressReason
from actions.reminders.links import Purpose, answer_address, unsubscribe_address
from actions.reminders.models.digest import Digest
from actions.reminders.models.entry import MILESTONE_AHEAD, Entry, EntryMilestone
from tracker.dates.value import PartialDate
from tracker.durations import in_words


@dataclass(frozen=True, slots=True)
class Words:
    """A digest as people read it."""

    subject: str
    text: str
    html: str


def words_of(digest: Digest, entries: list[Entry], language: str) -> Words:
    """The digest's words in `language`. Needs its recipient and agenda loaded; no query."""
    with translation.override(language):
        told: dict[str, list[dict[str, object]]] = {kind: [] for kind in ("own", "ahead", "escalated", "unanswered")}
        for entry in entries:
            told[_kind(entry)].append(_item(entry, digest, language))
        context = told | {
            "recipient": digest.recipient,
            "agenda": digest.agenda,
            "asked_by": digest.asked_by,
            "message": digest.message,
            "reference": entries[0]["reference"] if entries else "",
            "count": len(entries) - len(told["ahead"]),
            "count_ahead": len(told["ahead"]),
            "language": language,
            "right_to_left": translation.get_language_bidi(),
            "worklist_url": settings.BASE_URL + reverse("my_action_points"),
            "preferences_url": settings.BASE_URL + reverse("preferences"),
            "agenda_url": settings.BASE_URL + digest.agenda.get_absolute_url(),
        }
        subject, text, html = (
            get_template(f"reminders/digest{name}").render(context) for name in ("_subject.txt", ".txt", ".html")
        )
    return Words(" ".join(subject.split()), text.strip() + "\n", html)


def words_to_read(digest: Digest, entries: list[Entry], language: str = "") -> Words:
    """As the mail says them to its recipient, but without the addresses by which that person answers."""
    unsent = Digest(recipient=digest.recipient, agenda=digest.agenda, asked_by=digest.asked_by, message=digest.message)
    return words_of(unsent, entries, language or digest.recipient.language)


def mail_of(digest: Digest, words: Words) -> EmailMultiAlternatives:
    """The mail with these words, the digest's own Message-ID, and headers to keep holiday replies away and to end it with one click."""
    mail = EmailMultiAlternatives(
        words.subject,
        words.text,
        to=[digest.recipient.email],
        headers={
            "Message-ID": digest.message_id,
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{unsubscribe_address(digest.recipient)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(words.html, "text/html")
    return mail


def _kind(entry: Entry) -> str:
    """Which part of the mail it stands in."""
    if entry["unanswered"]:
        return "unanswered"
    if entry.get("escalated"):
        return "escalated"
    return "ahead" if entry["reasons"] == [MILESTONE_AHEAD] else "own"


def _item(entry: Entry, digest: Digest, language: str) -> dict[str, object]:
    place = [entry["slug"], entry["issue"], entry["number"]]
    return {
        "reference": entry["reference"],
        "title": entry["title"],
        "status": ActionStatus(entry["status"]).label,
        "reasons": reasons_of(entry, language),
        "last_reported": _in_words(entry["last_reported"], language) if entry["last_reported"] else "",
        "url": settings.BASE_URL + reverse("action_point", args=place),
        "answers": [
            (purpose.label, answer_address(digest, entry["action_point"], purpose.value) if digest.pk else "")
            for purpose in Purpose
        ],
    }


def reasons_of(entry: Entry, language: str) -> list[str]:
    """Why the action point is in the digest, in words, most telling first. `language` is the one that is active."""
    milestones = entry.get("milestones", [])
    reasons = [_reason(reason, entry["days_silent"]) for reason in entry["reasons"] if reason != MILESTONE_AHEAD]
    if names := [_milestone(each, language) for each in milestones if each["passed"]]:
        reasons.remove(str(NoProgressReason.MILESTONE_PASSED.label))
        reasons += [_("passed without being done: %(milestone)s") % {"milestone": name} for name in names]
    reasons += [
        _in_days(each["in_days"]) % {"milestone": _milestone(each, language), "days": each["in_days"]}
        for each in milestones
        if not each["passed"]
    ]
    if (streak := entry.get("streak", 0)) > 1:
        said = ngettext(
            "%(count)s report in a row without progress", "%(count)s reports in a row without progress", streak
        )
        reasons.append(said % {"count": streak})
    if (reminded := entry.get("reminded", 0)) > 0:
        said = ngettext("%(count)s reminder without an answer", "%(count)s reminders without an answer", reminded)
        reasons.append(said % {"count": reminded})
    return reasons


def _milestone(milestone: EntryMilestone, language: str) -> str:
    """`“Course” (December 2026)`."""
    name = _("“%(title)s”") % {"title": milestone["title"]}
    return f"{name} ({_in_words(milestone['due'], language)})" if milestone["due"] else name


def _in_days(days: int) -> str:
    if days < 1:
        return _("due now: %(milestone)s")
    return ngettext("due in %(days)s day: %(milestone)s", "due in %(days)s days: %(milestone)s", days)


def _reason(reason: str, days_silent: int | None) -> str:
    if reason == NoProgressReason.SILENT and days_silent is not None:
        return _("no report for %(time)s") % {"time": in_words(days_silent)}
    return str(NoProgressReason(reason).label)


@lru_cache(maxsize=4096)
def _in_words(edtf: str, language: str) -> str:
    """A partial date in the language that is active, which `language` names: thousands of mails share a few dates."""
    return str(PartialDate.parse(edtf))
