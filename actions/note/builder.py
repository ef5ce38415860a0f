"""Build the note of an agenda from its current updates, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _

from actions.models import ActionPoint, ActionStatus, Evidence, Milestone, ProgressUpdate
from actions.models.action_point_queryset import ActionPointQuerySet
from actions.models.progress_update import ProgressUpdateQuerySet
from actions.note import sections
from actions.note.blocks import EditedBlock, blocks_from_json, text_of_single_source, with_new_sources
from actions.note.content import (
    Dissent,
    EvidenceLink,
    Note,
    NoteEntry,
    NoteIssue,
    NotePart,
    NotePoint,
    NoteUpdate,
)
from actions.note.directory import Contact, NoteAgency
from actions.note.markdown_tree import web_address
from actions.note.milestones import NoteMilestone
from actions.note.models import SectionEdit, SignOff
from actions.note.paragraphs import SectionParagraph, section_paragraphs
from actions.note.sections import Section
from actions.reader import loaded_state_without_people
from actions.rules import is_ahead, is_passed
from issues.models import Agenda, Issue
from tracker.people.models import Agency, User
from tracker.text import without_unwanted

MAX_ACTION_POINTS = 5_000
"""A note of more would keep a web process busy for half a minute, and nobody reads it."""

UpdatesByPoint = dict[int, list[ProgressUpdate]]


def build_note(agenda: Agenda, today: date, *, with_people: bool) -> Note:
    """Return the note as of `today`, in the order of the agenda. Its addresses name no server: `from_json` adds that.

    Twelve queries at most, whatever the number of rows; two less without people. Updates that were withdrawn or superseded are not
    in it, nor are drafts. Edited sections replace what was reported.
    """
    return NoteBuilder(agenda, today, with_people=with_people).note


def _sign_offs(points: ActionPointQuerySet) -> dict[int, list[SignOff]]:
    """Return the newest answer of each agency, by action point and acronym. One query."""
    by_point: dict[int, list[SignOff]] = defaultdict(list)
    newest = SignOff.objects.filter(action_point__in=points).newest().select_related("agency", "person")
    for sign_off in newest.order_by("agency__acronym"):
        by_point[sign_off.action_point_id].append(sign_off)
    return by_point


def note_updates_of(point: ActionPoint) -> list[NoteUpdate]:
    """Return its current updates in the order of their numbers. Three queries."""
    updates = point.progress_updates.current()
    return _note_updates(point, _by_point(updates)[point.pk], _participants(updates), _evidence(updates))


class NoteBuilder:
    """Read what the note of an agenda is made of: its rows, edits and answers. Ten queries; the texts are built from them.

    With `points` it reads no other action points of the agenda.
    """

    def __init__(
        self, agenda: Agenda, today: date, *, with_people: bool, points: ActionPointQuerySet | None = None
    ) -> None:
        self.agenda, self.today, self.with_people = agenda, today, with_people
        points = ActionPoint.objects.filter(issue__agenda=agenda) if points is None else points
        self.blocks = _blocks(agenda)
        self.sign_offs = _sign_offs(points)
        self.issues = list(agenda.issues.order_by("number"))
        for issue in self.issues:
            issue.agenda = agenda
        self.action_points = _action_points(points)
        updates = ProgressUpdate.objects.filter(action_point__in=points).current()
        self.updates = _by_point(updates)
        self.participants, evidence = _participants(updates), _evidence(updates)
        self.note_updates = {
            point.pk: _note_updates(point, self.updates[point.pk], self.participants, evidence)
            for point in self.action_points
        }

    @cached_property
    def note(self) -> Note:
        """Two queries more with people."""
        agenda = self.agenda
        points: dict[int, list[NotePoint]] = defaultdict(list)
        for point in self.action_points:
            points[point.issue_id].append(self._point(point))
        return Note(
            slug=agenda.slug,
            title=without_unwanted(agenda.report_title or agenda.title),
            agenda_title=without_unwanted(agenda.title),
            address=agenda.get_absolute_url(),
            introduction=self._text(agenda.introduction, sections.INTRODUCTION),
            agreed_on=agenda.agreed_on,
            reporting_period=agenda.reporting_period,
            as_of=self.today,
            issues=tuple(self._issue(issue, points[issue.pk]) for issue in self.issues),
            directory=_directory(self._agencies_named(), with_people=self.with_people),
            names_people=self.with_people,
        )

    def description(self, point: ActionPoint) -> Section:
        return sections.description(point)

    def reported(self, point: ActionPoint) -> Section:
        return sections.updates(point, self.note_updates[point.pk])

    def paragraphs(self, section: Section) -> list[SectionParagraph]:
        return section_paragraphs(section, self.blocks[section.key])

    def changed_sections(self) -> list[Section]:
        """Return the sections with a source that changed since coordinators edited it, in the order of the note."""
        found = [sections.introduction(self.agenda)]
        for issue in self.issues:
            found.append(sections.rationale(issue))
            for point in (point for point in self.action_points if point.issue_id == issue.pk):
                found += [self.description(point), self.reported(point)]
        return [
            section
            for section in found
            if any(block.changed_sources(section.by_key) for block in self.blocks[section.key])
        ]

    def _agencies_named(self) -> set[Agency]:
        leads = {agency for point in self.action_points for agency in point.leads}
        reporting = {update.agency for updates in self.updates.values() for update in updates if update.agency}
        return leads.union(reporting, *self.participants.values())

    def _text(self, text: str, key: str) -> str:
        return text_of_single_source(without_unwanted(text), self.blocks[key])

    def _issue(self, issue: Issue, points: Iterable[NotePoint]) -> NoteIssue:
        return NoteIssue(
            number=issue.number,
            title=without_unwanted(issue.title),
            address=issue.get_absolute_url(),
            rationale=self._text(issue.rationale, sections.rationale_key(issue)),
            points=tuple(points),
        )

    def _point(self, point: ActionPoint) -> NotePoint:
        updates = self.note_updates[point.pk]
        people = dict.fromkeys(person for part in point.parts for person in part.persons.all())
        ahead, passed = _open_milestones(point, self.today)
        built = NotePoint(
            code=point.code,
            reference=point.reference,
            title=without_unwanted(point.title),
            address=point.get_absolute_url(),
            description=self._text(point.description, sections.description_key(point)),
            lead_agencies=tuple(agency.acronym for agency in point.leads),
            people=tuple(without_unwanted(str(person)) for person in people) if self.with_people else (),
            status=ActionStatus(point.status),
            has_report=bool(updates),
            entries=_entries(updates, self.blocks[sections.updates_key(point)]),
            ahead=ahead,
            passed=passed,
            parts=_parts(point),
        )
        return replace(built, dissents=_dissents(built, self.sign_offs[point.pk]))


def _action_points(points: ActionPointQuerySet) -> list[ActionPoint]:
    """Four queries. Raises BadRequest if there are more than MAX_ACTION_POINTS."""
    in_order = points.in_order().with_context().prefetch_related("milestones__agency")
    found = list(in_order[: MAX_ACTION_POINTS + 1])
    if len(found) > MAX_ACTION_POINTS:
        raise BadRequest(
            _("This agenda is too long for a note. Its action points and updates can be downloaded from their lists.")
        )
    return found


def _by_point(updates: ProgressUpdateQuerySet) -> UpdatesByPoint:
    """Return the updates in the order of their numbers, by action point. One query."""
    by_point: UpdatesByPoint = defaultdict(list)
    for update in updates.select_related("agency").order_by("action_point", "number"):
        by_point[update.action_point_id].append(update)
    return by_point


def _participants(updates: ProgressUpdateQuerySet) -> dict[int, list[Agency]]:
    """Return the agencies that took part in order of acronym, by update. One query; loading them with each update takes twice as long."""
    by_update: dict[int, list[Agency]] = defaultdict(list)
    taking_part: Any = ProgressUpdate.participants.through.objects.filter(progressupdate__in=updates.values("pk"))
    for row in taking_part.select_related("agency").order_by("agency__acronym"):
        by_update[row.progressupdate_id].append(row.agency)
    return by_update


def _evidence(updates: ProgressUpdateQuerySet) -> dict[int, list[Evidence]]:
    """Return the evidence in its order, by update. One query."""
    by_update: dict[int, list[Evidence]] = defaultdict(list)
    for evidence in Evidence.objects.filter(update__in=updates.values("pk")).order_by("pk"):
        by_update[evidence.update_id].append(evidence)
    return by_update


def _blocks(agenda: Agenda) -> dict[str, list[EditedBlock]]:
    """Return the blocks of each section; none for one that nobody edited. One query."""
    newest = SectionEdit.objects.filter(agenda=agenda).newest().values_list("section", "blocks")
    return defaultdict(list, {section: blocks_from_json(blocks) for section, blocks in newest})


def _entries(updates: Iterable[NoteUpdate], blocks: list[EditedBlock]) -> tuple[NoteEntry, ...]:
    """Leave out a block once all its updates are withdrawn: nothing withdrawn is shown until coordinators look at it."""
    by_key = {str(update.number): update for update in updates}
    entries = []
    for block in with_new_sources(blocks, [sections.source_of(update) for update in by_key.values()]):
        covered = tuple(by_key[key] for key in block.keys if key in by_key)
        if block.left_out or (block.covers and not covered):
            continue
        entries.append(NoteEntry(covered, block.text))
    return tuple(entries)


def _dissents(point: NotePoint, sign_offs: Iterable[SignOff]) -> tuple[Dissent, ...]:
    return tuple(
        Dissent(sign_off.agency.acronym, without_unwanted(sign_off.dissent), sign_off.fingerprint != point.fingerprint)
        for sign_off in sign_offs
        if sign_off.dissent
    )


def _note_updates(
    point: ActionPoint,
    updates: Iterable[ProgressUpdate],
    participants: Mapping[int, list[Agency]],
    evidence: Mapping[int, list[Evidence]],
) -> list[NoteUpdate]:
    return [_note_update(update, point, participants[update.pk], evidence[update.pk]) for update in updates]


def _note_update(
    update: ProgressUpdate, point: ActionPoint, participants: Iterable[Agency], evidence: Iterable[Evidence]
) -> NoteUpdate:
    update.action_point = point
    return NoteUpdate(
        number=update.number,
        address=update.get_absolute_url(),
        status=update.status,
        happened=update.happened,
        reported_on=update.reported_on,
        by=update.agency.acronym if update.agency else without_unwanted(update.attributed_to),
        participants=tuple(agency.acronym for agency in participants),
        is_piece=update.is_piece,
        narrative=without_unwanted(update.narrative),
        reason=without_unwanted(update.reason),
        evidence=tuple(
            EvidenceLink(without_unwanted(each.title or each.url), web_address(each.url)) for each in evidence
        ),
        language=update.language,
    )


def _parts(point: ActionPoint) -> tuple[NotePart, ...]:
    if len(point.parts) < 2:
        return ()
    return tuple(NotePart(part.agency.acronym, ActionStatus(part.status)) for part in point.parts)


def _open_milestones(point: ActionPoint, today: date) -> tuple[tuple[NoteMilestone, ...], tuple[NoteMilestone, ...]]:
    """Return its milestones that are not done: those ahead, and those that have passed. Parts that have ended need none any more."""
    by_pk = {milestone.pk: milestone for milestone in point.milestones.all()}
    state = loaded_state_without_people(point)
    ahead = tuple(_milestone(by_pk[each.pk]) for each in state.milestones if is_ahead(state, each, today))
    return ahead, tuple(_milestone(by_pk[each.pk]) for each in state.milestones if is_passed(state, each, today))


def _milestone(milestone: Milestone) -> NoteMilestone:
    return NoteMilestone(
        title=without_unwanted(milestone.title),
        place=without_unwanted(milestone.place),
        due=milestone.due,
        due_note=without_unwanted(milestone.due_note),
        repeats_every_months=milestone.repeats_every_months,
        agency=milestone.agency.acronym if milestone.agency else "",
    )


def _directory(agencies: set[Agency], *, with_people: bool) -> tuple[NoteAgency, ...]:
    """Two queries with people, none without."""
    contacts: dict[int, list[Contact]] = defaultdict(list)
    if with_people:
        people = User.objects.filter(agency__isnull=False, is_active=True).focal_points()
        for person in people.order_by("name", "email").only("name", "email", "agency"):
            contacts[person.agency_id].append(Contact(without_unwanted(str(person)), person.email))
        agencies = agencies.union(Agency.objects.filter(pk__in=contacts))
    return tuple(
        NoteAgency(agency.acronym, without_unwanted(agency.name), tuple(contacts[agency.pk]))
        for agency in sorted(agencies, key=lambda agency: agency.acronym.casefold())
    )
