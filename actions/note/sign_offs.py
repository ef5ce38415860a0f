"""Which agencies are to sign off what the note says about an action point, and which of them have."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from actions.models import ActionPoint, ProgressUpdate, Responsibility
from actions.models.action_point_queryset import ActionPointQuerySet
from actions.note.builder import NoteBuilder
from actions.note.content import Note, NotePoint
from actions.note.models import SignOff
from issues.models import Agenda
from tracker.people.models import Agency, User

MissingSignOffs = list[tuple[str, list[str]]]
"""Agencies that are still to answer, by acronym, each with the codes of its action points (3.2), in their order."""


class ReviewState(models.TextChoices):
    """What the agencies named in a section have answered; the outline shows it by shape."""

    REVIEWED = "reviewed", _("reviewed")
    WAITING = "waiting", _("waiting for an agency")
    TO_CHECK = "to_check", _("no agency named")
    DISSENT = "dissent", _("reviewed, with a dissent")


REVIEWED = {ReviewState.REVIEWED, ReviewState.DISSENT}


@dataclass(frozen=True, slots=True)
class AgencySignOff:
    """The answer of an agency about one action point; none so far if `sign_off` is None."""

    agency: Agency
    sign_off: SignOff | None
    is_of_this_wording: bool
    has_focal_point: bool
    """Whether anybody can answer for the agency."""

    @property
    def is_open(self) -> bool:
        """Whether the agency is to answer: it has not, or the text was changed since."""
        return self.has_focal_point and not self.is_of_this_wording


@dataclass(frozen=True, slots=True)
class PointSignOffs:
    """An action point of the note with the answers of the agencies that it names."""

    action_point: ActionPoint
    point: NotePoint
    answers: tuple[AgencySignOff, ...]

    @property
    def is_closed(self) -> bool:
        """Return False: agencies answer for the note of a closed agenda, too."""
        return False

    def is_own(self, user: User) -> bool:
        return bool(self.agencies_of(user))

    def agencies_of(self, user: User) -> list[Agency]:
        """Return those for which the user answers: only focal points do."""
        return [answer.agency for answer in self._answers_of(user)]

    def is_open_for(self, user: User) -> bool:
        return any(answer.is_open for answer in self._answers_of(user))

    def _answers_of(self, user: User) -> "list[AgencySignOff]":
        return [answer for answer in self.answers if user.is_focal_point and user.speaks_for(answer.agency)]

    @property
    def can_be_signed_off(self) -> bool:
        return any(answer.has_focal_point for answer in self.answers)

    @property
    def is_settled(self) -> bool:
        return not any(answer.is_open for answer in self.answers)

    @property
    def state(self) -> "ReviewState":
        if not self.is_settled:
            return ReviewState.WAITING
        if any(answer.sign_off and answer.sign_off.dissent for answer in self.answers):
            return ReviewState.DISSENT
        return ReviewState.REVIEWED if self.can_be_signed_off else ReviewState.TO_CHECK


def point_sign_offs(builder: NoteBuilder) -> list[PointSignOffs]:
    """Return all action points of the builder, in the order of the note. Two queries, and those of `builder.note`.

    A section names the agencies that lead its action point or reported on it, and those of its persons. See `points_naming`.
    """
    note_points = {point.code: point for issue in builder.note.issues for point in issue.points}
    answering = _agencies_with_focal_points()
    persons = {
        point.pk: [each for part in point.parts for each in part.persons.all()] for point in builder.action_points
    }
    prefetch_related_objects([each for named in persons.values() for each in named], "agency")
    found = []
    for action_point in builder.action_points:
        agencies = {agency.pk: agency for agency in action_point.leads}
        agencies |= {each.agency.pk: each.agency for each in builder.updates[action_point.pk] if each.agency}
        agencies |= {each.agency.pk: each.agency for each in persons[action_point.pk] if each.agency}
        point = note_points[action_point.code]
        answers = _answers(agencies.values(), builder.sign_offs[action_point.pk], point.fingerprint, answering)
        found.append(PointSignOffs(action_point, point, answers))
    return found


def points_naming(agencies: Collection[int], agenda: Agenda) -> ActionPointQuerySet:
    """Return the action points whose sections name one of the agencies, as `point_sign_offs` has it. No query yet."""
    parts = Responsibility.objects.current().filter(Q(agency__in=agencies) | Q(persons__agency__in=agencies))
    updates = ProgressUpdate.objects.current().filter(agency__in=agencies)
    named = Q(pk__in=parts.values("action_point")) | Q(pk__in=updates.values("action_point"))
    return ActionPoint.objects.filter(named, issue__agenda=agenda)


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How close the note is to publication."""

    reviewed: int
    total: int
    missing: MissingSignOffs
    to_check: tuple[PointSignOffs, ...]
    """Sections that name no agency which can answer: the coordinators' own to check."""


def review_progress(points: Sequence[PointSignOffs]) -> ReviewProgress:
    return ReviewProgress(
        reviewed=sum(point.state in REVIEWED for point in points),
        total=len(points),
        missing=missing_sign_offs(points),
        to_check=tuple(point for point in points if point.state == ReviewState.TO_CHECK),
    )


def missing_sign_offs(points: Iterable[PointSignOffs]) -> MissingSignOffs:
    return _by_agency(
        (answer.agency.acronym, point.point.code) for point in points for answer in point.answers if answer.is_open
    )


def missing_in_version(version: Note, agenda: Agenda) -> MissingSignOffs:
    """Return the agencies named in a published version that never signed off what it says. Three queries."""
    signed = set(
        SignOff.objects.filter(action_point__issue__agenda=agenda)
        .order_by()
        .values_list("agency__acronym", "fingerprint")
    )
    answering = set(Agency.objects.filter(pk__in=_agencies_with_focal_points()).values_list("acronym", flat=True))
    return _by_agency(
        (acronym, point.code)
        for issue in version.issues
        for point in issue.points
        for acronym in answering & {*point.lead_agencies, *(update.by for update in point.updates)}
        if (acronym, point.fingerprint) not in signed
    )


def _by_agency(pairs: Iterable[tuple[str, str]]) -> MissingSignOffs:
    """Group pairs of an acronym and a code."""
    codes: dict[str, list[str]] = defaultdict(list)
    for acronym, code in pairs:
        codes[acronym].append(code)
    return sorted(codes.items(), key=lambda agency: agency[0].casefold())


def _agencies_with_focal_points() -> set[int]:
    """Return the agencies for which somebody answers: their own people, or those of their parent agency. One query."""
    people = User.objects.active().focal_points().filter(agency__isnull=False).values("agency")
    agencies = Agency.objects.filter(Q(pk__in=people) | Q(parent__in=people))
    return set(agencies.order_by().values_list("pk", flat=True))


def _answers(
    agencies: Iterable[Agency], sign_offs: Iterable[SignOff], fingerprint: str, answering: set[int]
) -> tuple[AgencySignOff, ...]:
    by_agency = {sign_off.agency_id: sign_off for sign_off in sign_offs}
    return tuple(
        AgencySignOff(
            agency, sign_off, sign_off is not None and sign_off.fingerprint == fingerprint, agency.pk in answering
        )
        for agency in sorted(agencies, key=lambda agency: agency.acronym.casefold())
        for sign_off in (by_agency.get(agency.pk),)
    )
