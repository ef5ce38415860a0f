"""Which agencies a part of the note tells of, and which of them have signed it off."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from actions.models import ActionPoint, ProgressUpdate
from actions.note.builder import note_of, standing_sign_offs
from actions.note.content import Note, Point
from actions.note.models import SignOff
from issues.models import Agenda
from tracker.people.models import Agency, User

Missing = list[tuple[str, list[str]]]
"""Agencies that are still to answer, by acronym, each with the codes of its parts (3.2), in their order."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agency says of its part; nothing so far where `given` is None."""

    agency: Agency
    given: SignOff | None
    is_of_this_wording: bool
    has_focal_point: bool
    """Whether there is anybody to ask."""

    @property
    def is_open(self) -> bool:
        """Whether the agency is to answer: it has not, or the part was changed since."""
        return self.has_focal_point and not self.is_of_this_wording


@dataclass(frozen=True, slots=True)
class SigningPart:
    """An action point as the note tells it, with the answers of the agencies that it tells of."""

    action_point: ActionPoint
    point: Point
    answers: tuple[Answer, ...]

    def is_own(self, user: User) -> bool:
        return bool(self.agencies_of(user))

    def agencies_of(self, user: User) -> list[Agency]:
        """Those that the user answers for."""
        return [answer.agency for answer in self.answers if user.speaks_for(answer.agency.pk)]

    def is_open_for(self, user: User) -> bool:
        return any(answer.is_open for answer in self.answers if user.speaks_for(answer.agency.pk))

    @property
    def is_asked(self) -> bool:
        """Whether there is anybody to sign it off."""
        return any(answer.has_focal_point for answer in self.answers)

    @property
    def is_settled(self) -> bool:
        return not any(answer.is_open for answer in self.answers)


def signing_parts(agenda: Agenda, today: date) -> list[SigningPart]:
    """All action points of the note, in its order. A constant number of queries."""
    told = {point.code: point for issue in note_of(agenda, today, with_people=True).issues for point in issue.points}
    given = standing_sign_offs(agenda)
    reporting, answering = _reporting_agencies(agenda), _agencies_with_focal_points()
    found = ActionPoint.objects.filter(issue__agenda=agenda).in_order().select_related("issue__agenda")
    parts = []
    for action_point in found.prefetch_related("lead_agencies", "focal_points__agency"):
        agencies = {agency.pk: agency for agency in action_point.lead_agencies.all()} | reporting[action_point.pk]
        agencies |= {person.agency.pk: person.agency for person in action_point.focal_points.all() if person.agency}
        point = told[action_point.code]
        answers = _answers(agencies.values(), given[action_point.pk], point.fingerprint, answering)
        parts.append(SigningPart(action_point, point, answers))
    return parts


def missing_parts(parts: Iterable[SigningPart]) -> Missing:
    """Of parts of the note as it stands."""
    return _by_agency(
        (answer.agency.acronym, part.point.code) for part in parts for answer in part.answers if answer.is_open
    )


def missing_in(version: Note, agenda: Agenda) -> Missing:
    """Of a version that was published: of the agencies that it names itself those that never signed off what it says. Three queries."""
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
        for acronym in answering & {*point.lead_agencies, *(item.by for item in point.items)}
        if (acronym, point.fingerprint) not in signed
    )


def _by_agency(open_parts: Iterable[tuple[str, str]]) -> Missing:
    """Of pairs of an acronym and a code."""
    found: dict[str, list[str]] = defaultdict(list)
    for acronym, code in open_parts:
        found[acronym].append(code)
    return sorted(found.items(), key=lambda agency: agency[0].casefold())


def _reporting_agencies(agenda: Agenda) -> dict[int, dict[int, Agency]]:
    """Whose updates are in force, by action point. One query."""
    found: dict[int, dict[int, Agency]] = defaultdict(dict)
    updates = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda, agency__isnull=False).in_force()
    for update in updates.select_related("agency").only("action_point_id", "agency"):
        if update.agency:
            found[update.action_point_id][update.agency.pk] = update.agency
    return found


def _agencies_with_focal_points() -> set[int]:
    """Those that somebody answers for: their own people, or those of the agency that they are part of. One query."""
    people = User.objects.active().focal_points().filter(agency__isnull=False).values("agency")
    found = Agency.objects.filter(Q(pk__in=people) | Q(parent__in=people))
    return set(found.order_by().values_list("pk", flat=True))


def _answers(
    agencies: Iterable[Agency], given: Iterable[SignOff], fingerprint: str, answering: set[int]
) -> tuple[Answer, ...]:
    by_agency = {sign_off.agency_id: sign_off for sign_off in given}
    return tuple(
        Answer(agency, said, said is not None and said.fingerprint == fingerprint, agency.pk in answering)
        for agency in sorted(agencies, key=lambda agency: agency.acronym.casefold())
        for said in (by_agency.get(agency.pk),)
    )
