"""Which agencies are to sign off what the note says about an action point, and which of them have."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, prefetch_related_objects

from actions.models import ActionPoint, ProgressUpdate
from actions.note.builder import build_note, current_sign_offs
from actions.note.content import Note, NotePoint
from actions.note.models import SignOff
from issues.models import Agenda
from tracker.people.models import Agency, User

MissingSignOffs = list[tuple[str, list[str]]]
"""Agencies that are still to answer, by acronym, each with the codes of its action points (3.2), in their order."""


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
        """Return those for which the user answers."""
        return [answer.agency for answer in self.answers if user.speaks_for(answer.agency)]

    def is_open_for(self, user: User) -> bool:
        return any(answer.is_open for answer in self.answers if user.speaks_for(answer.agency))

    @property
    def can_be_signed_off(self) -> bool:
        return any(answer.has_focal_point for answer in self.answers)

    @property
    def is_settled(self) -> bool:
        return not any(answer.is_open for answer in self.answers)


def point_sign_offs(agenda: Agenda, today: date) -> list[PointSignOffs]:
    """Return all action points of the note, in its order. A constant number of queries."""
    note = build_note(agenda, today, with_people=True)
    note_points = {point.code: point for issue in note.issues for point in issue.points}
    sign_offs = current_sign_offs(agenda)
    reporting, answering = _reporting_agencies(agenda), _agencies_with_focal_points()
    action_points = list(ActionPoint.objects.filter(issue__agenda=agenda).in_order().with_context())
    persons = {point.pk: [each for part in point.parts for each in part.persons.all()] for point in action_points}
    prefetch_related_objects([each for named in persons.values() for each in named], "agency")
    found = []
    for action_point in action_points:
        agencies = {agency.pk: agency for agency in action_point.leads} | reporting[action_point.pk]
        agencies |= {each.agency.pk: each.agency for each in persons[action_point.pk] if each.agency}
        point = note_points[action_point.code]
        answers = _answers(agencies.values(), sign_offs[action_point.pk], point.fingerprint, answering)
        found.append(PointSignOffs(action_point, point, answers))
    return found


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


def _reporting_agencies(agenda: Agenda) -> dict[int, dict[int, Agency]]:
    """Return the agencies of the current updates, by action point. One query."""
    by_point: dict[int, dict[int, Agency]] = defaultdict(dict)
    updates = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda, agency__isnull=False).current()
    for update in updates.select_related("agency").only("action_point_id", "agency"):
        if update.agency:
            by_point[update.action_point_id][update.agency.pk] = update.agency
    return by_point


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
