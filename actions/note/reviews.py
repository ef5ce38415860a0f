"""Find the notes that wait for a person's review.

A note waits once a coordinator has edited it since it was last published. Before that nobody is asked: every update changes the note,
and its agency would have to answer for what it has just reported.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, Subquery

from actions.note.builder import NoteBuilder
from actions.note.display import review_address
from actions.note.models import NoteVersion, SectionEdit
from actions.note.sign_offs import point_sign_offs, points_naming
from issues.models import Agenda
from tracker.people.models import User


@dataclass(frozen=True, slots=True)
class NoteReview:
    """What waits for the person in the note of an agenda."""

    agenda: Agenda
    count: int
    """The number of sections that wait."""
    address: str
    """The address of the first of them."""


def waiting_reviews(user: User, today: date) -> list[NoteReview]:
    """Return the notes that wait for the person, the newest agenda first. One query, and those of each note that is being edited."""
    if not user.is_focal_point or user.agency_id is None:
        return []
    reviews = []
    for agenda in _being_edited(user):
        builder = NoteBuilder(agenda, today, with_people=False, points=points_naming(user.agency_ids, agenda))
        points = point_sign_offs(builder)
        if waiting := [point for point in points if point.is_open_for(user)]:
            reviews.append(NoteReview(agenda, len(waiting), review_address(waiting[0])))
    return reviews


def _being_edited(user: User) -> list[Agenda]:
    """Return the open agendas whose note was edited since it was last published. One query."""
    versions = NoteVersion.objects.filter(agenda=OuterRef("pk")).order_by("-number")
    edits = SectionEdit.objects.filter(agenda=OuterRef("pk"))
    agendas = Agenda.objects.visible_to(user).open().alias(published_at=Subquery(versions.values("published_at")[:1]))
    edited = Q(Exists(edits), published_at=None) | Q(Exists(edits.filter(edited_at__gt=OuterRef("published_at"))))
    return list(agendas.filter(edited).order_by("-slug"))
