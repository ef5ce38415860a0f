"""Find the notes that wait for a person's review.

A note waits once a coordinator has edited it since it was last published. Before that nobody is asked: every update changes the note,
and its agency would have to answer for what it has just reported.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, Subquery

from actions.models import ActionPoint, ProgressUpdate, Responsibility
from actions.models.action_point_queryset import ActionPointQuerySet
from actions.note.builder import NoteBuilder
from actions.note.display import review_address
from actions.note.models import NoteVersion, SectionEdit
from actions.note.sign_offs import point_sign_offs
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
        builder = NoteBuilder(agenda, today, with_people=False, points=_naming(user.agency_ids, agenda))
        points = point_sign_offs(builder)
        if waiting := [point for point in points if point.is_open_for(user)]:
            reviews.append(NoteReview(agenda, len(waiting), review_address(waiting[0])))
    return reviews


def _naming(agencies: Collection[int], agenda: Agenda) -> ActionPointQuerySet:
    """Return the action points that the note names one of the agencies in: its own, those it reported on, and those of its people."""
    parts = Responsibility.objects.current().filter(Q(agency__in=agencies) | Q(persons__agency__in=agencies))
    updates = ProgressUpdate.objects.current().filter(agency__in=agencies)
    named = Q(pk__in=parts.values("action_point")) | Q(pk__in=updates.values("action_point"))
    return ActionPoint.objects.filter(named, issue__agenda=agenda)


def _being_edited(user: User) -> list[Agenda]:
    """Return the open agendas whose note was edited since it was last published. One query."""
    versions = NoteVersion.objects.filter(agenda=OuterRef("pk")).order_by("-number")
    edits = SectionEdit.objects.filter(agenda=OuterRef("pk"))
    agendas = Agenda.objects.visible_to(user).open().alias(published_at=Subquery(versions.values("published_at")[:1]))
    edited = Q(Exists(edits), published_at=None) | Q(Exists(edits.filter(edited_at__gt=OuterRef("published_at"))))
    return list(agendas.filter(edited).order_by("-slug"))
