"""Render a digest as a mail in its recipient's language, from its row alone."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ReportedStatus
from actions.models.status import AttentionReason
from actions.reminders.links import Purpose, answer_link, purposes, unsubscribe_link
from actions.reminders.models.digest import Digest
from actions.reminders.models.entry import DigestEntry, EntryText, Kind, LastUpdate, MilestoneText
from tracker.dates.value import PartialDate
from tracker.durations import in_words
from tracker.mail.templates import AUTOMATIC, reply_address

MAX_BYTES = 98_000
"""The size of a mail with its headers. Longer texts leave fewer entries in full."""

MAX_IN_SUBJECT = 5
"""Entries that the subject of a reminder sent by hand names."""


@dataclass(frozen=True, slots=True)
class DigestText:
    """The subject and the two bodies of a digest."""

    subject: str
    text: str
    html: str


def render_digest(digest: Digest, entries: list[DigestEntry], language: str, in_full: int | None = None) -> DigestText:
    """Render the digest in `language`, with at most `in_full` of its entries in full. Needs its recipient with the agency loaded; no
    query.
    """
    with translation.override(language):
        shown = [entry for entry in entries if "text" in entry][:in_full]
        context = {
            "recipient": digest.recipient,
            "asked_by": digest.asked_by,
            "message": digest.message,
            "reference": ", ".join(dict.fromkeys(map(reference_of, entries[:MAX_IN_SUBJECT]))),
            "counts": _counts(entries),
            "sections": _sections(digest, shown, language),
            "more": len(entries) - len(shown),
            "has_reports": any(entry["kind"] in {Kind.REPORT, Kind.ESCALATED} for entry in shown),
            "language": language,
            "right_to_left": translation.get_language_bidi(),
            "worklist_url": settings.BASE_URL + reverse("my_action_points"),
            "preferences_url": settings.BASE_URL + reverse("preferences"),
            "unsubscribe_url": unsubscribe_link(digest.recipient) if digest.pk else "",
        }
        subject, text, html = (
            get_template(f"reminders/digest{name}").render(context) for name in ("_subject.txt", ".txt", ".html")
        )
    return DigestText(" ".join(subject.split()), text.strip() + "\n", html)


def render_without_links(digest: Digest, entries: list[DigestEntry], language: str = "") -> DigestText:
    """Render the digest for other readers: without the links that only its recipient may use."""
    unsent = Digest(recipient=digest.recipient, asked_by=digest.asked_by, message=digest.message)
    return render_digest(unsent, entries, language or digest.recipient.language)


def digest_mail(digest: Digest, entries: list[DigestEntry]) -> EmailMultiAlternatives:
    """Build the mail. If it would be larger than MAX_BYTES, fewer entries are listed in full."""
    in_full = len(entries)
    mail = _mail(digest, render_digest(digest, entries, digest.recipient.language))
    while in_full > 1 and _size(mail) > MAX_BYTES:
        in_full = min(in_full, sum("text" in entry for entry in entries)) * 2 // 3
        mail = _mail(digest, render_digest(digest, entries, digest.recipient.language, in_full))
    return mail


def _mail(digest: Digest, content: DigestText) -> EmailMultiAlternatives:
    """Return a mail with the digest's own Message-ID, and headers against holiday replies and for unsubscribing with one click."""
    mail = EmailMultiAlternatives(
        content.subject,
        content.text,
        to=[digest.recipient.email],
        reply_to=reply_address(digest.asked_by.email if digest.asked_by else ""),
        headers={
            "Message-ID": digest.message_id,
            **AUTOMATIC,
            "List-Unsubscribe": f"<{unsubscribe_link(digest.recipient)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    mail.attach_alternative(content.html, "text/html")
    return mail


def _size(mail: EmailMultiAlternatives) -> int:
    """Return the size of the mail in bytes. An encoding may make it three times as long, so short mails need not be encoded."""
    bodies = [str(mail.body), *(str(content) for content, _type in mail.alternatives)]
    if 3 * (raw := sum(len(body.encode()) for body in bodies)) <= MAX_BYTES:
        return raw
    return len(mail.message().as_bytes())


def _counts(entries: list[DigestEntry]) -> list[str]:
    """Return the sentences of the subject: how many of what. An action point with two parts counts once."""
    points = {kind: len({entry["action_point"] for entry in entries if entry["kind"] == kind}) for kind in Kind}
    milestones = [entry for entry in entries if entry["kind"] == Kind.MILESTONE]
    overdue = sum(AttentionReason.MILESTONE_OVERDUE in entry["reasons"] for entry in milestones)
    ahead = len(milestones) - overdue
    report, escalated, unanswered = (points[kind] for kind in (Kind.REPORT, Kind.ESCALATED, Kind.UNANSWERED))
    counts = [
        (report, ngettext("%(count)s action point needs an update", "%(count)s action points need an update", report)),
        (overdue, ngettext("%(count)s milestone is overdue", "%(count)s milestones are overdue", overdue)),
        (ahead, ngettext("%(count)s milestone is due soon", "%(count)s milestones are due soon", ahead)),
        (
            escalated,
            ngettext(
                "%(count)s action point still waits for an answer",
                "%(count)s action points still wait for an answer",
                escalated,
            ),
        ),
        (
            unanswered,
            ngettext(
                "%(count)s action point has nobody to remind",
                "%(count)s action points have nobody to remind",
                unanswered,
            ),
        ),
    ]
    return [text % {"count": count} for count, text in counts if count]


def _sections(digest: Digest, entries: list[DigestEntry], language: str) -> list[dict[str, Any]]:
    """Return a section for each agenda, in the order of the entries."""
    sections: dict[int, dict[str, Any]] = {}
    for entry in entries:
        if entry["agenda"] not in sections:
            url = settings.BASE_URL + reverse("agenda", args=[entry["slug"]])
            lists: dict[str, Any] = {kind.value: [] for kind in Kind}
            sections[entry["agenda"]] = lists | {"title": entry["text"]["agenda"], "url": url}
        item = _milestone_item if entry["kind"] == Kind.MILESTONE else _part_item
        sections[entry["agenda"]][entry["kind"]].append(item(digest, entry, entry["text"], language))
    return list(sections.values())


def _part_item(digest: Digest, entry: DigestEntry, text: EntryText, language: str) -> dict[str, Any]:
    reason, details = reasons_of(entry, language)
    is_answer = entry["reasons"] == [AttentionReason.NO_PROGRESS]
    return {
        "code": code_of(entry),
        "title": text["title"],
        "agency": _other_agency(digest, text),
        "reason": reason,
        "details": " ".join(details),
        "last": _last_text(text["last"], language, is_answer=is_answer),
        "milestone": _milestone_text(text["milestone"], language),
        "url": _url(entry),
        "answers": [
            (
                _label(purpose, is_answer=is_answer),
                answer_link(digest, entry["action_point"], entry["part"], purpose) if digest.pk else "",
            )
            for purpose in purposes(entry["part"])
        ],
    }


def _milestone_item(digest: Digest, entry: DigestEntry, text: EntryText, language: str) -> dict[str, Any]:
    place = [entry["slug"], entry["issue"], entry["number"], entry["milestone"]]
    milestone = text["milestone"]
    return {
        "code": code_of(entry),
        "agency": _other_agency(digest, text),
        "title": milestone["title"] if milestone else text["title"],
        "due": _due(milestone, language) if milestone else "",
        "is_overdue": AttentionReason.MILESTONE_OVERDUE in entry["reasons"],
        "url": settings.BASE_URL + reverse("edit_milestone", args=place),
    }


def code_of(entry: DigestEntry) -> str:
    return f"{entry['issue']}.{entry['number']}"


def reference_of(entry: DigestEntry) -> str:
    return f"{entry['slug']}/{code_of(entry)}"


def _url(entry: DigestEntry) -> str:
    return settings.BASE_URL + reverse("action_point", args=[entry["slug"], entry["issue"], entry["number"]])


def _other_agency(digest: Digest, text: EntryText) -> str:
    """Return the acronym of the part's agency unless it is the recipient's own."""
    own = digest.recipient.agency.acronym if digest.recipient.agency else ""
    return "" if text["agency"] == own else text["agency"]


def _label(purpose: Purpose, *, is_answer: bool) -> str:
    return _("Still no progress because …") if is_answer and purpose == Purpose.NO_PROGRESS else str(purpose.label)


def reasons_of(entry: DigestEntry, language: str) -> tuple[str, list[str]]:
    """Return why the digest lists a part, and sentences about its reports. `language` is the active one."""
    text = entry["text"]
    last = text["last"]
    if entry["reasons"] == [AttentionReason.NO_PROGRESS] and last:
        day = {"day": display_date(last["reported"], language)}
        reason = _("Your answer: no progress (%(day)s)") if last["by_recipient"] else _("Answer: no progress (%(day)s)")
        details = []
        reason %= day
    else:
        reason = " ".join(_reason(each, entry["due_since"], language) for each in entry["reasons"])
        details = [_age(entry["days_since_report"])]
    details += [
        _("%(agency)s reported on its part: %(day)s") % {"agency": acronym, "day": display_date(reported, language)}
        for acronym, reported in text["others"]
    ]
    if (reminded := entry["reminded"]) > 0:
        sentence = ngettext("%(count)s reminder without an answer.", "%(count)s reminders without an answer.", reminded)
        details.append(sentence % {"count": reminded})
    return reason, details


def _reason(reason: str, due_since: str | None, language: str) -> str:
    if reason == AttentionReason.UPDATE_DUE and due_since:
        day = display_date(PartialDate.day(date.fromisoformat(due_since)).text, language)
        return _("Update due since %(day)s.") % {"day": day}
    return f"{AttentionReason(reason).label}."


def _age(days: int | None) -> str:
    if days is None:
        return _("No update yet.")
    return _("Last update today.") if days < 1 else _("Last update %(time)s ago.") % {"time": in_words(days)}


def _last_text(last: LastUpdate | None, language: str, *, is_answer: bool) -> str:
    """`March 2006, Under way: The newsletter ...`; only the text if the date and the status are in the reason."""
    if not last or (is_answer and not last["text"]):
        return ""
    if is_answer:
        return _("“%(text)s”") % {"text": last["text"]}
    status = str(ReportedStatus(last["status"]).label)
    return f"{display_date(last['reported'], language)}, {status}: {last['text']}"


def _milestone_text(milestone: MilestoneText | None, language: str) -> str:
    return f"{milestone['title']}, {_due(milestone, language)}" if milestone else ""


def _due(milestone: MilestoneText, language: str) -> str:
    return display_date(milestone["due"], language) if milestone["due"] else _("no date given")


@lru_cache(maxsize=4096)
def display_date(edtf: str, language: str) -> str:
    """Display a partial date in the active language, which is `language`. Cached: thousands of mails share a few dates."""
    return str(PartialDate.parse(edtf))
