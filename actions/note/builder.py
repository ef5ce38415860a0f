"""Gathers the note of an agenda from what is in force now, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _

from actions.models import ActionPoint, ActionStatus, Milestone, ProgressUpdate
from actions.note import sections
from actions.note.blocks import Passage, laid_over, read, told_alone
from actions.note.content import Contact, DirectoryEntry, Dissent, Entry, Evidence, Item, Note, Point, Promise, Theme
from actions.note.markdown_tree import web_address
from actions.note.models import SignOff, Wording
from actions.note.sections import Part
from issues.models import Agenda
from tracker.people.models import Agency, User
from tracker.text import without_unwanted

LONGEST = 5_000
"""Action points. A note of more would keep a web process busy for half a minute, and nobody reads it."""


def note_of(agenda: Agenda, today: date, *, with_people: bool, site: str = "") -> Note:
    """The note as of `today`, in the order of the agenda. `site` (`https://tracker.example.org`) goes before every address.

    Eleven queries at most, whatever the number of rows; one less without people. Updates that were withdrawn or superseded are not
    in it, nor are drafts. What coordinators worded is laid over all that.
    """
    wordings, sign_offs = _wordings(agenda), standing_sign_offs(agenda)
    points = _action_points(agenda)
    updates = _updates(agenda)
    by_issue: dict[int, list[Point]] = defaultdict(list)
    for point in points:
        by_issue[point.issue_id].append(
            _point(point, updates[point.pk], wordings, sign_offs[point.pk], today, with_people=with_people, site=site)
        )
    issues = list(agenda.issues.order_by("number"))
    for issue in issues:
        issue.agenda = agenda
    return Note(
        slug=agenda.slug,
        title=without_unwanted(agenda.report_title or agenda.title),
        agenda_title=without_unwanted(agenda.title),
        address=site + agenda.get_absolute_url(),
        introduction=told_alone(without_unwanted(agenda.introduction), wordings[sections.INTRODUCTION]),
        agreed_on=agenda.agreed_on,
        reporting_period=agenda.reporting_period,
        as_of=today,
        issues=tuple(
            Theme(
                number=issue.number,
                title=without_unwanted(issue.title),
                address=site + issue.get_absolute_url(),
                rationale=told_alone(without_unwanted(issue.rationale), wordings[sections.rationale_key(issue)]),
                points=tuple(by_issue[issue.pk]),
            )
            for issue in issues
        ),
        directory=_directory(_agencies_named(points, updates), with_people=with_people),
        names_people=with_people,
    )


def _action_points(agenda: Agenda) -> list[ActionPoint]:
    """Four queries. Raises BadRequest where there are more than LONGEST."""
    of_agenda = ActionPoint.objects.filter(issue__agenda=agenda).in_order()
    found = list(of_agenda.with_context().prefetch_related("milestones")[: LONGEST + 1])
    if len(found) > LONGEST:
        raise BadRequest(
            _(
                "This agenda is too long for a note of everything. Its action points and updates can be taken along as files of their"
                " lists."
            )
        )
    return found


def _updates(agenda: Agenda) -> dict[int, list[ProgressUpdate]]:
    """By action point, in the order in which they were numbered. Three queries."""
    found: dict[int, list[ProgressUpdate]] = defaultdict(list)
    in_force = ProgressUpdate.objects.filter(action_point__issue__agenda=agenda).in_force().with_context()
    for update in in_force.order_by("action_point", "number"):
        found[update.action_point_id].append(update)
    return found


def _wordings(agenda: Agenda) -> dict[str, list[Passage]]:
    """By part; nothing for one that nobody worded. One query."""
    newest = Wording.objects.filter(agenda=agenda).newest().values_list("part", "passages")
    return defaultdict(list, {part: read(passages) for part, passages in newest})


def standing_sign_offs(agenda: Agenda) -> dict[int, list[SignOff]]:
    """The newest answer of each agency, by action point and acronym. One query."""
    found: dict[int, list[SignOff]] = defaultdict(list)
    newest = SignOff.objects.filter(action_point__issue__agenda=agenda).newest().select_related("agency", "person")
    for sign_off in newest.order_by("agency__acronym"):
        found[sign_off.action_point_id].append(sign_off)
    return found


def items_of(point: ActionPoint) -> list[Item]:
    """Its updates in force, in the order in which they were numbered. Three queries."""
    found = point.progress_updates.in_force().with_context().order_by("number")
    return [_item(update, point, "") for update in found]


def _point(
    point: ActionPoint,
    updates: Iterable[ProgressUpdate],
    wordings: dict[str, list[Passage]],
    sign_offs: Iterable[SignOff],
    today: date,
    *,
    with_people: bool,
    site: str,
) -> Point:
    items = tuple(_item(update, point, site) for update in updates)
    agencies, people, milestones = point.lead_agencies.all(), point.focal_points.all(), point.milestones.all()
    told = Point(
        code=point.code,
        reference=point.reference,
        title=without_unwanted(point.title),
        address=site + point.get_absolute_url(),
        description=told_alone(without_unwanted(point.description), wordings[sections.description_key(point)]),
        lead_agencies=tuple(agency.acronym for agency in agencies),
        people=tuple(without_unwanted(str(person)) for person in people) if with_people else (),
        is_owned=bool(agencies or people),
        status=ActionStatus(point.status),
        is_silent=not items,
        entries=_entries(items, wordings[sections.updates_key(point)]),
        ahead=tuple(_promise(milestone) for milestone in milestones if milestone.is_ahead(today)),
        passed=tuple(_promise(milestone) for milestone in milestones if milestone.is_passed(today)),
    )
    dissents = tuple(
        Dissent(said.agency.acronym, without_unwanted(said.dissent), said.fingerprint != told.fingerprint)
        for said in sign_offs
        if said.dissent
    )
    return replace(told, dissents=dissents)


def _entries(items: Iterable[Item], passages: list[Passage]) -> tuple[Entry, ...]:
    """What a passage says goes once all its updates are withdrawn; until coordinators look at it, nothing withdrawn is told."""
    by_key = {str(item.number): item for item in items}
    entries = []
    for passage in laid_over(passages, [sections.source_of(item) for item in items]):
        told = tuple(by_key[key] for key in passage.keys if key in by_key)
        if passage.left_out or (passage.covers and not told):
            continue
        entries.append(Entry(told, passage.text))
    return tuple(entries)


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
            Evidence(without_unwanted(evidence.title or evidence.url), web_address(evidence.url))
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


def worded_parts(agenda: Agenda) -> list[tuple[Part, Wording | None, bool]]:
    """All parts in the order of the note, each with its newest wording and whether a source changed since. Nine queries."""
    points, updates = _action_points(agenda), _updates(agenda)
    newest = Wording.objects.filter(agenda=agenda).newest().select_related("author")
    by_key = {wording.part: wording for wording in newest}
    found = [sections.introduction(agenda)]
    for issue in agenda.issues.order_by("number"):
        issue.agenda = agenda
        found.append(sections.rationale(issue))
        for point in (point for point in points if point.issue_id == issue.pk):
            items = [_item(update, point, "") for update in updates[point.pk]]
            found += [sections.description(point), sections.updates(point, items)]
    return [(part, wording, part.has_changed(wording)) for part in found for wording in (by_key.get(part.key),)]
