"""Test past dates against a slow model that replays what people did: seeded random edits, read back as of each day."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from actions.as_of import AsOf
from actions.models import Milestone
from actions.models.action_point_queryset import Basis
from actions.progress import correct, log_progress, withdraw
from actions.reader import read_agenda
from actions.responsibilities import add_lead, end_lead, name_persons
from actions.rows import rows_of
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import Role

pytestmark = [pytest.mark.django_db]
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
ZONES = ("UTC", "Pacific/Honolulu", "Pacific/Auckland", "Asia/Kolkata")
DONE = ("2026-03-04", "2026-03", "2026-02-27", "2026")


def end(day):
    return datetime.combine(day, time.max, tzinfo=UTC)


@dataclass
class Version:
    at: datetime
    value: Any


@dataclass
class Lead:
    since: date
    until: date | None
    persons: list[Version]


@dataclass
class Update:
    """One update: its versions as (day of the recording, status), and the day of the withdrawal."""

    at: datetime
    day: date
    versions: list[tuple[date, str]]
    withdrawn: date | None = None


@dataclass
class Model:
    """What happened to one action point, in order, and what a past day shows of it."""

    titles: list[Version] = field(default_factory=list)
    leads: dict[str, list[Lead]] = field(default_factory=dict)
    milestones: dict[int, list[Version]] = field(default_factory=dict)
    """Versions of (due, done on); None when it was removed."""
    updates: dict[int, Update] = field(default_factory=dict)

    def until(self, day):
        return max(end(day), end(self.titles[0].at.date()))

    def shown(self, versions, day):
        """Return the last version by the day, otherwise the first."""
        by_then = [version for version in versions if version.at <= self.until(day)]
        return by_then[-1] if by_then else versions[0]

    def title(self, day):
        return self.shown(self.titles, day).value

    def persons(self, day):
        return {
            agency: self.shown(lead.persons, day).value
            for agency, leads in self.leads.items()
            for lead in leads
            if lead.since <= day and (lead.until is None or day < lead.until)
        }

    def open_milestones(self, day, basis):
        found = {}
        for pk, versions in self.milestones.items():
            if versions[0].at > self.until(day) or not (now := self.shown(versions, day)).value:
                continue
            due, done_then = now.value
            last = next(version for version in reversed(versions) if version.value)
            done = PartialDate.parse(text) if (text := done_then if basis == "recorded" else last.value[1]) else None
            was_known = done_then and now.at <= end(day)
            if not (done and (done.latest <= day or (was_known and done.earliest <= day))):
                found[pk] = date.fromisoformat(due)
        return found

    def status(self, day, basis):
        counted = []
        for number, update in self.updates.items():
            if basis == "recorded":
                known = [status for recorded, status in update.versions if recorded <= day]
                counts = known and not (update.withdrawn and update.withdrawn <= day)
            else:
                known = [status for _recorded, status in update.versions]
                counts = not update.withdrawn and update.day <= day
            if counts:
                counted.append((update.at, number, known[-1]))
        return max(counted)[-1] if counted else "not_reported"


class Editor:
    """Make random edits, in the tracker and in the model."""

    def __init__(self, seed):
        self.random, self.now, self.model = random.Random(seed), START, Model()
        self.people = [personas.person(f"p{n}@example.org", agency=personas.agency("UNDP")) for n in range(3)]
        self.authors = [
            personas.person(f"a{n}@example.org", Role.COORDINATOR, time_zone=zone) for n, zone in enumerate(ZONES)
        ]
        with self.clock():
            self.point = personas.action_point(title="Title 0")
        self.model.titles.append(Version(self.now, "Title 0"))

    def clock(self):
        return mock.patch("django.utils.timezone.now", return_value=self.now)

    def run(self, steps):
        edits = [self.rename, self.lead, self.end, self.name, self.add_milestone, self.edit_milestone, self.finish]
        edits += [self.remove, self.log, self.log, self.correct, self.withdraw]
        for _step in range(steps):
            self.now += timedelta(hours=self.random.choice([0, 1, 5, 11, 23]), minutes=self.random.randint(1, 59))
            with self.clock():
                self.random.choice(edits)()

    def rename(self):
        self.point.title = f"Title {len(self.model.titles)}"
        self.point.save()
        self.model.titles.append(Version(self.now, self.point.title))

    def part(self):
        return self.random.choice(list(self.point.responsibilities.current()) or [None])

    def lead(self):
        acronym, back = self.random.choice(["UNDP", "WHO", "FAO"]), self.random.choice([0, 0, 40])
        if self.point.responsibilities.current().filter(agency__acronym=acronym).exists():
            return
        since = self.now.date() - timedelta(days=back)
        leads = self.model.leads.setdefault(acronym, [])
        since = max([since, *(lead.until for lead in leads if lead.until)])
        add_lead(self.point, personas.agency(acronym), since=PartialDate.day(since))
        leads.append(Lead(since, None, [Version(self.now, frozenset())]))

    def end(self):
        if part := self.part():
            end_lead(self.point, part.agency, until=self.now.date())
            self.model.leads[part.agency.acronym][-1].until = self.now.date()

    def name(self):
        if part := self.part():
            persons = self.random.sample(self.people, self.random.randint(0, 2))
            name_persons(part, persons)
            lead = self.model.leads[part.agency.acronym][-1]
            lead.persons.append(Version(self.now, frozenset(person.pk for person in persons)))

    def due(self):
        return f"2026-{self.random.randint(4, 9):02}-{self.random.randint(1, 28):02}"

    def add_milestone(self):
        title, due = f"Milestone {len(self.model.milestones)}", self.due()
        milestone = personas.milestone(self.point, title=title, due=due)
        self.model.milestones[milestone.pk] = [Version(self.now, (due, None))]

    def milestone(self):
        return self.random.choice(list(Milestone.objects.all()) or [None])

    def edit_milestone(self):
        if milestone := self.milestone():
            due, done_on = self.due(), self.model.milestones[milestone.pk][-1].value[1]
            milestone.due = PartialDate.parse(due)
            milestone.save()
            self.model.milestones[milestone.pk].append(Version(self.now, (due, done_on)))

    def finish(self):
        milestone = self.milestone()
        if milestone and not milestone.done_on:
            done_on = self.random.choice(DONE)
            milestone.mark_done(PartialDate.parse(done_on))
            due = self.model.milestones[milestone.pk][-1].value[0]
            self.model.milestones[milestone.pk].append(Version(self.now, (due, done_on)))

    def remove(self):
        if milestone := self.milestone():
            pk = milestone.pk
            milestone.remove(by=self.authors[0], reason="Not needed.")
            self.model.milestones[pk].append(Version(self.now, None))

    def content(self):
        status = self.random.choice(["exploring", "under_way", "completed", "discontinued", "no_progress"])
        return personas.progress(status=status, reason="So." if status == "no_progress" else "")

    def day_of(self, author):
        return self.now.astimezone(ZoneInfo(author.time_zone)).date()

    def log(self):
        author, content = self.random.choice(self.authors), self.content()
        update = log_progress(self.point, content, author=author, now=self.now)
        day = self.day_of(author)
        self.model.updates[update.number] = Update(self.now, day, [(day, content.status)])

    def update(self):
        return self.random.choice(list(self.point.progress_updates.current()) or [None])

    def correct(self):
        if update := self.update():
            author, content = self.random.choice(self.authors), self.content()
            correct(update, content, author=author, now=self.now)
            self.model.updates[update.number].versions.append((self.day_of(author), content.status))

    def withdraw(self):
        if update := self.update():
            by = self.random.choice(self.authors)
            withdraw(update, by=by, reason="Wrong.", now=self.now)
            self.model.updates[update.number].withdrawn = self.day_of(by)


@pytest.mark.parametrize("seed", range(8))
def test_each_past_day_shows_what_the_model_replays(seed):
    editor = Editor(seed)
    editor.run(40)
    model, agenda = editor.model, personas.agenda()
    acronym = {personas.agency(name).pk: name for name in ("UNDP", "WHO", "FAO")}
    first = (START - timedelta(days=3)).date()

    for days in range((editor.now.date() - first).days + 2):
        day = first + timedelta(days=days)
        for basis in Basis.values:
            state = read_agenda(agenda, AsOf(day, is_past=True, basis=basis))[0]
            parts = {acronym[part.agency]: frozenset(part.persons) for part in state.parts if part.agency}
            found = (
                rows_of([state], day)[0].title,
                parts,
                {each.pk: each.due_earliest for each in state.milestones},
                state.status,
            )
            expected = (
                model.title(day),
                model.persons(day),
                model.open_milestones(day, basis),
                model.status(day, basis),
            )
            assert found == expected, (day, basis)
