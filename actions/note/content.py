"""The living note of an agenda as plain data: what every output of it is made from. Always up to date, because nothing is stored."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, ngettext

from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate, ReportedStatus
from issues.models import Agenda
from tracker.partial_dates import PartialDate
from tracker.people.models import Agency, User
from tracker.text import without_unwanted


@dataclass(frozen=True, slots=True)
class Evidence:
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Item:
    """One progress update in force."""

    number: int
    address: str
    status: str
    happened: PartialDate | None
    reported_on: PartialDate
    by: str
    participants: tuple[str, ...]
    part_only: bool
    narrative: str
    """Markdown; may be empty where there is no progress."""
    reason: str
    """Markdown: why there is no progress; else empty."""
    evidence: tuple[Evidence, ...]

    @property
    def status_label(self) -> str:
        return str(ReportedStatus(self.status).label)

    @property
    def is_no_progress(self) -> bool:
        return self.status == ReportedStatus.NO_PROGRESS

    @property
    def when(self) -> str:
        """In words, never more precise than it is known."""
        if self.happened:
            return str(self.happened)
        return gettext("Reported %(when)s, no date given") % {"when": self.reported_on}

    @property
    def who(self) -> str:
        """By whom with whom; empty where nobody is named."""
        if not self.participants:
            return self.by
        with_whom = ", ".join(self.participants)
        if not self.by:
            return gettext("with %(agencies)s") % {"agencies": with_whom}
        return gettext("%(agency)s with %(agencies)s") % {"agency": self.by, "agencies": with_whom}


@dataclass(frozen=True, slots=True)
class Promise:
    """A milestone that is not done."""

    title: str
    place: str
    due: PartialDate
    due_note: str
    repeats_every_months: int | None

    @property
    def words(self) -> str:
        """On one line, the date first. A note on the date, where there is one, tells of the repetition too."""
        told = f"{self.due}: {self.title}"
        if self.place:
            told += f", {self.place}"
        aside = self.due_note
        if not aside and (months := self.repeats_every_months):
            aside = ngettext("every month", "every %(months)s months", months) % {"months": months}
        return f"{told} ({aside})" if aside else told


@dataclass(frozen=True, slots=True)
class Point:
    """An action point: what was agreed, who answers for it, what came of it and what is to come."""

    code: str
    reference: str
    title: str
    address: str
    description: str
    """Markdown."""
    lead_agencies: tuple[str, ...]
    people: tuple[str, ...]
    """Names of its focal points; empty for visitors."""
    is_owned: bool
    status: ActionStatus
    items: tuple[Item, ...]
    ahead: tuple[Promise, ...]
    passed: tuple[Promise, ...]

    @property
    def anchor(self) -> str:
        return f"action-point-{self.code.replace('.', '-')}"

    @property
    def owners(self) -> str:
        """In words; a visitor reads that focal points are assigned, not who they are."""
        if not self.is_owned:
            return gettext("Nobody owns this")
        named = [", ".join(names) for names in (self.lead_agencies, self.people) if names]
        return " · ".join(named) or gettext("focal points assigned")


@dataclass(frozen=True, slots=True)
class Theme:
    """An issue with its action points."""

    number: int
    title: str
    address: str
    rationale: str
    """Markdown."""
    points: tuple[Point, ...]

    @property
    def anchor(self) -> str:
        return f"issue-{self.number}"

    @property
    def counts(self) -> tuple[int, ...]:
        """How many action points stand where: one number for each ActionStatus, in their order."""
        counted = Counter(point.status for point in self.points)
        return tuple(counted[status] for status in ActionStatus)


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    acronym: str
    name: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Note:
    slug: str
    title: str
    agenda_title: str
    address: str
    introduction: str
    """Markdown."""
    agreed_on: PartialDate | None
    reporting_period: PartialDate | None
    as_of: date
    issues: tuple[Theme, ...]
    directory: tuple[DirectoryEntry, ...]
    """Agencies that the note names or that have focal points, by acronym. Visitors see no contacts."""

    @property
    def counts(self) -> tuple[int, ...]:
        """As `Theme.counts`, of the whole agenda."""
        return tuple(sum(column) for column in zip(*(issue.counts for issue in self.issues), strict=True)) or (
            (0,) * len(ActionStatus)
        )

    @property
    def total(self) -> int:
        return sum(self.counts)


def note_of(agenda: Agenda, today: date, *, with_people: bool, site: str = "") -> Note:
    """The note as of `today`, in the order of the agenda. `site` (`https://tracker.example.org`) goes before every address.

    Nine queries at most, whatever the number of rows; one less without people. Updates that were withdrawn or superseded are not
    in it, nor are drafts.
    """
    points = _action_points(agenda)
    updates = _updates(agenda)
    by_issue: dict[int, list[Point]] = defaultdict(list)
    for point in points:
        by_issue[point.issue_id].append(_point(point, updates[point.pk], today, with_people=with_people, site=site))
    issues = list(agenda.issues.order_by("number"))
    for issue in issues:
        issue.agenda = agenda
    return Note(
        slug=agenda.slug,
        title=without_unwanted(agenda.report_title or agenda.title),
        agenda_title=without_unwanted(agenda.title),
        address=site + agenda.get_absolute_url(),
        introduction=without_unwanted(agenda.introduction),
        agreed_on=agenda.agreed_on,
        reporting_period=agenda.reporting_period,
        as_of=today,
        issues=tuple(
            Theme(
                number=issue.number,
                title=without_unwanted(issue.title),
                address=site + issue.get_absolute_url(),
                rationale=without_unwanted(issue.rationale),
                points=tuple(by_issue[issue.pk]),
            )
            for issue in issues
        ),
        directory=_directory(_agencies_named(points, updates), with_people=with_people),
    )


def _action_points(agenda: Agenda) -> list[ActionPoint]:
    """Four queries."""
    found = ActionPoint.objects.filter(issue__agenda=agenda).in_order().with_context().prefetch_related("milestones")
    return list(found)


def _updates(agenda: Agenda) -> dict[int, list[ProgressUpdate]]:
    """By action point, in the order in which they were numbered. Three queries."""
    found: dict[int, list[ProgressUpdate]] = defaultdict(list)
    in_force = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda).in_force().with_context()
    for update in in_force.order_by("action_point", "number"):
        found[update.action_point_id].append(update)
    return found


def _point(
    point: ActionPoint, updates: Iterable[ProgressUpdate], today: date, *, with_people: bool, site: str
) -> Point:
    agencies, people, milestones = point.lead_agencies.all(), point.focal_points.all(), point.milestones.all()
    return Point(
        code=point.code,
        reference=point.reference,
        title=without_unwanted(point.title),
        address=site + point.get_absolute_url(),
        description=without_unwanted(point.description),
        lead_agencies=tuple(agency.acronym for agency in agencies),
        people=tuple(without_unwanted(str(person)) for person in people) if with_people else (),
        is_owned=bool(agencies or people),
        status=ActionStatus(point.status),
        items=tuple(_item(update, point, site) for update in updates),
        ahead=tuple(_promise(milestone) for milestone in milestones if milestone.is_ahead(today)),
        passed=tuple(_promise(milestone) for milestone in milestones if milestone.is_passed(today)),
    )


def _item(update: ProgressUpdate, point: ActionPoint, site: str) -> Item:
    update.action_point = point
    return Item(
        number=update.number,
        address=site + update.get_absolute_url(),
        status=update.status,
        happened=update.happened,
        reported_on=update.reported_on,
        by=update.agency.acronym if update.agency else without_unwanted(update.attributed_to),
        participants=tuple(agency.acronym for agency in update.participants.all()),
        part_only=update.part_only,
        narrative=without_unwanted(update.narrative),
        reason=without_unwanted(update.reason),
        evidence=tuple(
            Evidence(without_unwanted(evidence.title or evidence.url), without_unwanted(evidence.url))
            for evidence in update.evidence.all()
        ),
    )


def _promise(milestone: Milestone) -> Promise:
    return Promise(
        title=without_unwanted(milestone.title),
        place=without_unwanted(milestone.place),
        due=milestone.due,
        due_note=without_unwanted(milestone.due_note),
        repeats_every_months=milestone.repeats_every_months,
    )


def _agencies_named(points: Iterable[ActionPoint], updates: dict[int, list[ProgressUpdate]]) -> set[Agency]:
    named = {agency for point in points for agency in point.lead_agencies.all()}
    for update in (update for told in updates.values() for update in told):
        named.update(update.participants.all())
        if update.agency:
            named.add(update.agency)
    return named


def _directory(named: set[Agency], *, with_people: bool) -> tuple[DirectoryEntry, ...]:
    """One query with people, none without."""
    contacts: dict[Agency, list[Contact]] = {agency: [] for agency in named}
    if with_people:
        people = User.objects.filter(agency__isnull=False, is_active=True).focal_points().select_related("agency")
        for person in people.order_by("name", "email"):
            if person.agency:
                contacts.setdefault(person.agency, []).append(Contact(without_unwanted(str(person)), person.email))
    return tuple(
        DirectoryEntry(agency.acronym, without_unwanted(agency.name), tuple(contacts[agency]))
        for agency in sorted(contacts, key=lambda agency: agency.acronym.casefold())
    )
