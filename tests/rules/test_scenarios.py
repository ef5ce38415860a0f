"""The situations in which the rules of progress matter most, each with what every part is, what needs attention, and who is asked.

Everything happens on one action point of an agenda that allows 90 days between updates, opened on 1 January 2006. UNDP has a Nordic
Office below it. Una works for UNDP, Nils for its Nordic Office, Gus for GCO, Wim for WFP.
"""

from datetime import UTC, date, datetime

import pytest

from actions import responsibilities, rules
from actions.as_of import AsOf
from actions.models import ActionPoint, ProgressUpdate, Responsibility
from actions.own import read_own
from actions.progress import correct, log_progress, withdraw
from actions.reader import state_of
from actions.states import ActionPointState, PartState
from issues.models import Agenda
from tests import personas
from tracker.dates.value import PartialDate
from tracker.people.models import Agency, User

OPENED = date(2006, 1, 1)
LAST_ALLOWED, DUE = date(2006, 4, 1), date(2006, 4, 2)
"""The last day without an update that is allowed after the opening, and the first one that is not."""

Names = set[str]


def day(month: int, number: int) -> date:
    return date(2006, month, number)


@pytest.fixture
def agencies(db: None) -> dict[str, Agency]:
    undp = personas.agency("UNDP")
    return {
        "UNDP": undp,
        "NORDIC": personas.agency("NORDIC", parent=undp),
        "GCO": personas.agency("GCO"),
        "WFP": personas.agency("WFP"),
    }


@pytest.fixture
def people(agencies: dict[str, Agency]) -> dict[str, User]:
    of = {"una": "UNDP", "nils": "NORDIC", "gus": "GCO", "wim": "WFP"}
    found = {name: personas.person(f"{name}@example.org", agency=agencies[acronym]) for name, acronym in of.items()}
    return found | {"carla": personas.person("carla@example.org", "coordinator")}


class Scene:
    """The action point, with verbs that take names and days, and the answers of the rules in the same names."""

    def __init__(self, agencies: dict[str, Agency], people: dict[str, User]) -> None:
        self.agencies, self.people = agencies, people
        self.point = personas.action_point(personas.issue(personas.agenda("2006", opened_on=OPENED)))

    def lead(self, acronym: str, *names: str, since: date = OPENED) -> Responsibility:
        persons = [self.people[name] for name in names]
        return personas.lead(self.point, self.agencies[acronym], persons=persons, since=since)

    def end_lead(self, acronym: str, until: date) -> None:
        responsibilities.end_lead(self.point, self.agencies[acronym], until=until)

    def report(
        self, status: str, on: date, acronym: str | None = None, *, by: str = "carla", dated: str = "", **more: object
    ) -> ProgressUpdate:
        """Log progress at noon of the day, with that day as report date unless it is dated otherwise."""
        reported_on = PartialDate.parse(dated) if dated else PartialDate.day(on)
        progress = self.progress(status, acronym, **more)
        return log_progress(self.point, progress, author=self.people[by], now=noon(on), reported_on=reported_on)

    def progress(self, status: str, acronym: str | None, **more: object) -> personas.Progress:
        agency = self.agencies[acronym] if acronym else None
        return personas.progress(status=status, agency=agency, reason="Nobody had time.", **more)

    def state(self, today: date) -> ActionPointState:
        return state_of(ActionPoint.objects.select_related("issue__agenda").get(), AsOf(today))

    def status(self, today: date) -> str:
        return self.state(today).status

    def parts(self, today: date) -> dict[str | None, tuple[str, Names]]:
        """Return the status of each part and the reasons why it needs attention."""
        state = self.state(today)
        return {
            self.acronym(part): (part.status, {str(reason) for reason in rules.part_reasons(state, part, today)})
            for part in state.parts
        }

    def attention(self, today: date) -> Names:
        return {str(reason) for reason in rules.attention_reasons(self.state(today), today)}

    def asked(self, today: date, period_start: date | None = None) -> dict[str | None, Names]:
        """Return who is asked for which part by a digest of the day. Its period begins on that day unless another one is named."""
        state = self.state(today)
        return {
            self.acronym(part): {name for name, person in self.people.items() if person.pk in part.people}
            for part in state.parts
            if rules.is_asked_about(state, part, today, period_start or today)
        }

    def last_allowed_day(self, acronym: str) -> date | None:
        state = self.state(OPENED)
        [part] = [part for part in state.parts if self.acronym(part) == acronym]
        return rules.allowed_until(state, part)

    def waiting_for(self, name: str, today: date) -> list[str | None]:
        """Return the agencies of the person's own parts that are going on, those that need attention first."""
        return [self.acronym(own.part) for own in read_own(User.objects.get(pk=self.people[name].pk), today)]

    def acronym(self, part: PartState) -> str | None:
        return next((name for name, agency in self.agencies.items() if agency.pk == part.agency), None)


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


@pytest.fixture
def scene(agencies: dict[str, Agency], people: dict[str, User]) -> Scene:
    return Scene(agencies, people)


def test_a_partner_reports(scene: Scene):
    scene.lead("UNDP")
    scene.report("completed", day(3, 1), "WFP", by="wim")

    assert scene.status(day(3, 1)) == "not_reported"
    assert scene.parts(LAST_ALLOWED) == {"UNDP": ("not_reported", set())}
    assert scene.parts(DUE) == {"UNDP": ("not_reported", {"update_due"})}
    assert scene.asked(DUE) == {"UNDP": {"una", "nils"}}


def test_a_partner_reports_together_with_the_lead(scene: Scene):
    scene.lead("UNDP")
    scene.report("exploring", day(3, 1), "WFP", by="wim", participants=[scene.agencies["UNDP"]])

    assert scene.parts(DUE) == {"UNDP": ("exploring", set())}
    assert scene.last_allowed_day("UNDP") == day(5, 30)


def test_a_sub_agency_reports(scene: Scene):
    scene.lead("UNDP")
    scene.report("under_way", day(3, 1), "NORDIC", by="nils")

    assert scene.status(day(3, 1)) == "under_way"
    assert scene.parts(day(5, 30)) == {"UNDP": ("under_way", set())}
    assert scene.parts(day(5, 31)) == {"UNDP": ("under_way", {"update_due"})}
    assert scene.asked(day(5, 31)) == {"UNDP": {"una", "nils"}}


def test_a_parent_agency_reports_for_itself(scene: Scene):
    scene.lead("NORDIC")
    scene.report("under_way", day(3, 1), "UNDP", by="una")

    assert scene.parts(DUE) == {"NORDIC": ("not_reported", {"update_due"})}
    assert scene.asked(DUE) == {"NORDIC": {"nils"}}


def test_a_coordinator_reports_for_nobody(scene: Scene):
    scene.lead("UNDP")
    scene.lead("GCO")
    scene.report("under_way", day(3, 1))

    assert scene.status(day(3, 1)) == "under_way"
    assert scene.parts(day(5, 30)) == {"UNDP": ("under_way", set()), "GCO": ("under_way", set())}
    assert scene.asked(day(5, 31)) == {"UNDP": {"una", "nils"}, "GCO": {"gus"}}


def test_a_coordinator_reports_on_the_whole_action_point(scene: Scene):
    scene.lead("UNDP")
    scene.lead("GCO")
    scene.report("exploring", day(3, 1), "UNDP", covers_all=True)

    assert scene.parts(DUE) == {"UNDP": ("exploring", set()), "GCO": ("exploring", set())}


def test_one_of_two_leads_reports(scene: Scene):
    scene.lead("UNDP")
    scene.lead("GCO")
    scene.report("under_way", day(3, 1), "GCO", by="gus")

    assert scene.status(DUE) == "under_way"
    assert scene.parts(DUE) == {"UNDP": ("not_reported", {"update_due"}), "GCO": ("under_way", set())}
    assert scene.asked(DUE) == {"UNDP": {"una", "nils"}}


def test_one_of_two_leads_completes(scene: Scene):
    scene.lead("UNDP")
    scene.lead("GCO")
    scene.report("completed", day(2, 1), "UNDP", by="una")

    assert scene.status(day(2, 1)) == "under_way"
    assert scene.parts(DUE) == {"UNDP": ("completed", set()), "GCO": ("not_reported", {"update_due"})}
    assert scene.asked(DUE) == {"GCO": {"gus"}}

    scene.report("discontinued", day(4, 3), "GCO", by="gus")
    assert scene.status(day(4, 3)) == "completed"
    assert scene.attention(day(12, 31)) == set()
    assert scene.asked(day(12, 31)) == {}


def test_a_lead_is_removed_and_added_again(scene: Scene):
    """The earlier updates still cover its part; an update is due 90 days after it was added again."""
    scene.lead("UNDP", "nils")
    scene.lead("GCO")
    scene.report("exploring", day(1, 15), "UNDP", by="nils")
    scene.end_lead("UNDP", until=day(2, 1))

    assert scene.parts(day(2, 1)) == {"GCO": ("not_reported", set())}
    assert scene.status(day(2, 1)) == "not_reported"
    assert scene.waiting_for("nils", day(2, 1)) == []

    scene.lead("UNDP", since=day(6, 1))
    assert scene.parts(day(8, 30))["UNDP"] == ("exploring", set())
    assert scene.parts(day(8, 31))["UNDP"] == ("exploring", {"update_due"})
    assert scene.asked(day(8, 31)) == {"UNDP": {"una", "nils"}, "GCO": {"gus"}}


def test_a_piece_of_the_work(scene: Scene):
    """It counts as a report, but sets no status."""
    scene.lead("UNDP")
    scene.report("exploring", day(2, 1), "UNDP", by="una")
    scene.report("completed", day(3, 1), "UNDP", by="una", is_piece=True)

    assert scene.status(day(3, 1)) == "exploring"
    assert scene.parts(day(5, 30)) == {"UNDP": ("exploring", set())}
    assert scene.parts(day(5, 31)) == {"UNDP": ("exploring", {"update_due"})}
    assert scene.asked(day(5, 31)) == {"UNDP": {"una", "nils"}}


def test_only_pieces_of_the_work(scene: Scene):
    scene.lead("UNDP")
    scene.report("no_progress", day(2, 1), "UNDP", is_piece=True)
    assert scene.parts(day(2, 1)) == {"UNDP": ("no_progress", {"no_progress"})}

    scene.report("completed", day(2, 2), "UNDP", is_piece=True)
    assert scene.parts(day(2, 2)) == {"UNDP": ("under_way", set())}


def test_a_correction_of_an_old_vague_update(scene: Scene):
    """It stays where its first version was recorded, so the later update keeps deciding."""
    scene.lead("UNDP")
    vague = scene.report("exploring", day(2, 1), "UNDP", dated="2006")
    scene.report("under_way", day(3, 1), "UNDP", by="una")
    correct(vague, scene.progress("no_progress", "UNDP"), author=scene.people["carla"], now=noon(day(5, 20)))

    assert scene.status(day(5, 20)) == "under_way"
    assert scene.parts(day(5, 30)) == {"UNDP": ("under_way", set())}
    assert scene.parts(day(5, 31)) == {"UNDP": ("under_way", {"update_due"})}
    assert scene.asked(day(5, 31)) == {"UNDP": {"una", "nils"}}


def test_the_latest_update_withdrawn(scene: Scene):
    scene.lead("UNDP")
    scene.report("exploring", day(2, 1), "UNDP")
    latest = scene.report("completed", day(3, 1), "UNDP")
    assert scene.parts(day(6, 1)) == {"UNDP": ("completed", set())}
    assert scene.asked(day(6, 1)) == {}

    withdraw(latest, by=scene.people["carla"], reason="Too early.", now=noon(day(6, 1)))
    assert scene.status(day(6, 1)) == "exploring"
    assert scene.parts(day(6, 1)) == {"UNDP": ("exploring", {"update_due"})}
    assert scene.asked(day(6, 1)) == {"UNDP": {"una", "nils"}}


def test_the_only_update_withdrawn(scene: Scene):
    scene.lead("UNDP")
    withdraw(scene.report("no_progress", day(2, 1)), by=scene.people["carla"], reason="Wrong.", now=noon(day(2, 2)))

    assert scene.parts(LAST_ALLOWED) == {"UNDP": ("not_reported", set())}
    assert scene.parts(DUE) == {"UNDP": ("not_reported", {"update_due"})}


def test_an_agenda_closed_and_reopened(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    """A closed agenda asks nobody; after the reopening the allowed days begin again."""
    scene.lead("UNDP")
    scene.report("no_progress", day(1, 15), "UNDP", by="una")
    agenda = Agenda.objects.get()
    agenda.state = Agenda.State.CLOSED
    agenda.save()

    assert scene.parts(day(5, 31)) == {"UNDP": ("no_progress", set())}
    assert (scene.asked(day(5, 31)), scene.waiting_for("una", day(5, 31))) == ({}, [])

    monkeypatch.setattr("django.utils.timezone.now", lambda: noon(day(6, 1)))
    agenda.state = Agenda.State.OPEN
    agenda.save()
    assert scene.parts(day(8, 30)) == {"UNDP": ("no_progress", {"no_progress"})}
    assert scene.parts(day(8, 31)) == {"UNDP": ("no_progress", {"no_progress", "update_due"})}
    assert scene.asked(day(6, 1)) == {"UNDP": {"una", "nils"}}


def test_a_lead_without_active_persons(scene: Scene):
    scene.lead("GCO")
    assert scene.parts(day(2, 1)) == {"GCO": ("not_reported", set())}

    User.objects.filter(pk=scene.people["gus"].pk).update(is_active=False)
    assert scene.parts(day(2, 1)) == {"GCO": ("not_reported", {"no_one_responsible"})}
    assert scene.parts(DUE) == {"GCO": ("not_reported", {"no_one_responsible", "update_due"})}
    assert scene.asked(DUE) == {"GCO": set()}

    scene.report("completed", day(4, 3), "GCO")
    assert scene.parts(day(4, 3)) == {"GCO": ("completed", set())}


def test_no_lead(scene: Scene):
    assert scene.parts(day(12, 31)) == {None: ("not_reported", {"no_one_responsible"})}
    assert scene.asked(day(12, 31)) == {}

    scene.report("discontinued", day(12, 31), "WFP")
    assert scene.parts(day(12, 31)) == {None: ("discontinued", set())}


def test_the_named_person_leaves(scene: Scene):
    """The part goes to the focal points of the agency and of the one below it."""
    scene.lead("UNDP", "wim")
    assert scene.asked(DUE) == {"UNDP": {"wim"}}

    User.objects.filter(pk=scene.people["wim"].pk).update(is_active=False)
    assert scene.parts(DUE) == {"UNDP": ("not_reported", {"update_due"})}
    assert scene.asked(DUE) == {"UNDP": {"una", "nils"}}


def test_a_person_responsible_for_two_agencies_parts(scene: Scene):
    scene.lead("UNDP", "gus")
    scene.lead("GCO")
    scene.report("under_way", day(3, 15), "GCO", by="gus")

    assert scene.asked(DUE) == {"UNDP": {"gus"}}
    assert scene.waiting_for("gus", DUE) == ["UNDP", "GCO"]
    assert scene.asked(day(6, 14)) == {"UNDP": {"gus"}, "GCO": {"gus"}}
    assert scene.attention(day(6, 14)) == {"update_due"}

    scene.report("no_progress", day(6, 14), "UNDP", by="gus")
    assert scene.parts(day(6, 14)) == {"UNDP": ("no_progress", {"no_progress"}), "GCO": ("under_way", {"update_due"})}
    assert scene.asked(day(6, 15), period_start=day(6, 1)) == {"GCO": {"gus"}}
    assert scene.asked(day(7, 1)) == {"UNDP": {"gus"}, "GCO": {"gus"}}


def test_an_answer_that_is_dated_back_is_not_asked_about_again_in_its_period(scene: Scene):
    scene.lead("UNDP")
    scene.report("no_progress", day(4, 10), "UNDP", by="una", dated="2006-03-20")

    assert scene.asked(day(4, 11), period_start=day(4, 1)) == {}
    assert scene.asked(day(5, 1)) == {"UNDP": {"una", "nils"}}


def test_an_updated_part_whose_milestone_has_passed(scene: Scene):
    scene.lead("UNDP")
    scene.lead("GCO")
    personas.milestone(scene.point, due="2006-03", agency=scene.agencies["UNDP"])
    scene.report("under_way", day(4, 5))

    assert scene.parts(day(4, 5)) == {"UNDP": ("under_way", {"milestone_overdue"}), "GCO": ("under_way", set())}
    assert scene.attention(day(3, 31)) == set()

    scene.report("completed", day(4, 6), "UNDP", by="una")
    assert scene.attention(day(4, 6)) == set()


def test_a_paused_part(scene: Scene):
    """It is not due during the pause, nor until 90 days after it; the other part is."""
    part = scene.lead("UNDP")
    scene.lead("GCO")
    responsibilities.pause(part, day(6, 1), "Waiting for the summit.")

    assert scene.parts(DUE) == {"UNDP": ("not_reported", set()), "GCO": ("not_reported", {"update_due"})}
    assert scene.asked(DUE) == {"GCO": {"gus"}}
    assert scene.parts(day(8, 30))["UNDP"] == ("not_reported", set())
    assert scene.asked(day(8, 31)) == {"UNDP": {"una", "nils"}, "GCO": {"gus"}}


@pytest.mark.parametrize(("agency", "allowed"), [("UNDP", day(5, 1)), ("GCO", day(4, 1))])
def test_an_update_of_the_predecessor_counts_for_the_same_agency(scene: Scene, agency: str, allowed: date):
    old = personas.action_point(personas.issue(personas.agenda("2005", opened_on=date(2005, 1, 1))))
    for acronym in ("UNDP", "GCO"):
        personas.lead(old, scene.agencies[acronym])
    scene.point.carried_from.add(old)
    scene.lead("UNDP")
    log_progress(
        old,
        scene.progress("completed", agency),
        author=scene.people["carla"],
        now=noon(day(1, 31)),
    )

    state = state_of(scene.point, AsOf(OPENED))
    assert (state.status, rules.allowed_until(state, state.parts[0])) == ("not_reported", allowed)
