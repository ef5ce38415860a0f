"""Examples of the rules of progress, worked out by hand, that the obvious model must get right.

Everything happens in an agenda that allows 90 days between updates, opened on 1 January 2006. UNDP has a Nordic Office
below it, which has a desk below it.
"""

from datetime import date

import pytest

from tests.rules import events as ev
from tests.rules import obvious_model as model
from tests.rules.events import Span, replay
from tests.rules.examples import NETWORK, OPENED, correction, day, lead, reasons, report, statuses

# Coverage


def test_a_partner_reports():
    network = replay([*NETWORK, lead("UNDP"), report("completed", day(3, 1), "WFP")])

    assert statuses(network, day(3, 1)) == {"UNDP": "not_reported"}
    assert model.status_of_action_point(network, "2.2", day(3, 1)) == "not_reported"
    assert reasons(network, day(4, 1)) == {"UNDP": set()}
    assert reasons(network, day(4, 2)) == {"UNDP": {"update_due"}}
    assert [update.newest.agency for update in model.current_updates(network, "2.2")] == ["WFP"]


def test_a_partner_reports_together_with_the_lead():
    network = replay([*NETWORK, lead("UNDP"), report("exploring", day(3, 1), "WFP", participants=("UNDP", "GCO"))])

    assert statuses(network, day(3, 1)) == {"UNDP": "exploring"}


@pytest.mark.parametrize("participant", ["NORDIC", "GCO"])
def test_a_participant_that_does_not_lead_covers_nothing(participant):
    network = replay([*NETWORK, lead("UNDP"), report("exploring", day(3, 1), "WFP", participants=(participant,))])

    assert statuses(network, day(3, 1)) == {"UNDP": "not_reported"}


@pytest.mark.parametrize("agency", ["UNDP", "NORDIC", "DESK"])
def test_a_sub_agency_reports(agency):
    network = replay([*NETWORK, lead("UNDP"), report("under_way", day(3, 1), agency)])

    assert statuses(network, day(3, 1)) == {"UNDP": "under_way"}
    assert model.last_allowed_day(network, "2.2", "UNDP", day(3, 2)) == day(5, 30)


def test_a_parent_agency_reports():
    network = replay([*NETWORK, lead("NORDIC"), report("under_way", day(3, 1), "UNDP")])

    assert statuses(network, day(3, 1)) == {"NORDIC": "not_reported"}


@pytest.mark.parametrize(
    ("agency", "expected"),
    [
        ("UNDP", {"UNDP": "exploring", "NORDIC": "not_reported"}),
        ("NORDIC", {"UNDP": "exploring", "NORDIC": "exploring"}),
        ("DESK", {"UNDP": "exploring", "NORDIC": "exploring"}),
    ],
)
def test_an_agency_and_its_parent_both_lead(agency, expected):
    network = replay([*NETWORK, lead("UNDP"), lead("NORDIC"), report("exploring", day(3, 1), agency)])

    assert statuses(network, day(3, 1)) == expected


def test_a_coordinator_reports_for_nobody():
    network = replay([*NETWORK, lead("UNDP"), lead("GCO"), report("under_way", day(3, 1), None)])

    assert statuses(network, day(3, 1)) == {"UNDP": "under_way", "GCO": "under_way"}
    assert reasons(network, day(5, 30)) == {"UNDP": set(), "GCO": set()}
    assert reasons(network, day(5, 31)) == {"UNDP": {"update_due"}, "GCO": {"update_due"}}


def test_an_update_for_the_whole_action_point_covers_every_part():
    network = replay([*NETWORK, lead("UNDP"), lead("GCO"), report("exploring", day(3, 1), "WFP", covers_all=True)])

    assert statuses(network, day(3, 1)) == {"UNDP": "exploring", "GCO": "exploring"}


@pytest.mark.parametrize("agency", [None, "WFP", "UNDP"])
def test_every_update_covers_an_action_point_without_a_lead(agency):
    network = replay([*NETWORK, report("no_progress", day(3, 1), agency)])

    assert statuses(network, day(3, 1)) == {None: "no_progress"}
    assert reasons(network, day(12, 31)) == {None: {"no_progress", "no_one_responsible"}}


# Status


def test_one_of_two_leads_completes():
    network = replay([*NETWORK, lead("UNDP"), lead("GCO"), report("completed", day(2, 1), "UNDP")])

    assert statuses(network, day(2, 1)) == {"UNDP": "completed", "GCO": "not_reported"}
    assert model.status_of_action_point(network, "2.2", day(2, 1)) == "under_way"
    assert reasons(network, day(4, 2)) == {"UNDP": set(), "GCO": {"update_due"}}


@pytest.mark.parametrize(
    ("of_undp", "of_gco", "together"),
    [
        ("completed", "completed", "completed"),
        ("completed", "discontinued", "completed"),
        ("discontinued", "discontinued", "discontinued"),
        ("completed", "no_progress", "under_way"),
        ("under_way", "no_progress", "under_way"),
        ("exploring", "no_progress", "exploring"),
        ("discontinued", "no_progress", "no_progress"),
        ("discontinued", None, "not_reported"),
        ("no_progress", None, "no_progress"),
    ],
)
def test_status_of_an_action_point_with_two_parts(of_undp, of_gco, together):
    ledger = [*NETWORK, lead("UNDP"), lead("GCO"), report(of_undp, day(2, 1), "UNDP")]
    if of_gco:
        ledger.append(report(of_gco, day(2, 2), "GCO"))

    assert model.status_of_action_point(replay(ledger), "2.2", day(2, 2)) == together


def test_a_piece_of_the_work():
    ledger = [
        *NETWORK,
        lead("UNDP"),
        report("exploring", day(2, 1), "UNDP"),
        report("completed", day(3, 1), "UNDP", is_piece=True),
    ]
    network = replay(ledger)

    assert statuses(network, day(3, 1)) == {"UNDP": "exploring"}
    assert model.last_allowed_day(network, "2.2", "UNDP", day(3, 1)) == day(5, 30)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (["completed"], "under_way"),
        (["under_way", "no_progress"], "under_way"),
        (["exploring", "discontinued"], "exploring"),
        (["discontinued"], "no_progress"),
        (["no_progress"], "no_progress"),
    ],
)
def test_a_part_with_only_pieces(said, status):
    pieces = [report(one, day(2, number), "UNDP", is_piece=True) for number, one in enumerate(said, start=1)]

    assert statuses(replay([*NETWORK, lead("UNDP"), *pieces]), day(2, 3)) == {"UNDP": status}


# Position in time


def test_a_correction_of_an_old_vague_update():
    vague = Span.year(OPENED)
    ledger = [
        *NETWORK,
        lead("UNDP"),
        report("exploring", day(2, 1), "UNDP", name="vague", reported_on=vague),
        report("under_way", day(3, 1), "UNDP"),
        correction("vague", day(11, 12), ev.Report("no_progress", vague, "UNDP")),
    ]
    network = replay(ledger)

    assert statuses(network, day(11, 12)) == {"UNDP": "under_way"}
    assert model.day_of(network.updates["vague"]) == day(2, 1)
    assert reasons(network, day(11, 12)) == {"UNDP": {"update_due"}}


def test_a_correction_keeps_the_report_date():
    ledger = [
        *NETWORK,
        lead("UNDP"),
        report("exploring", day(2, 10), "UNDP", name="first", reported_on=Span.day(day(1, 5))),
        report("under_way", day(2, 20), "UNDP", reported_on=Span.day(day(2, 5))),
        correction("first", day(6, 1), ev.Report("completed", Span.month(day(6, 1)), "UNDP")),
    ]

    assert statuses(replay(ledger), day(6, 1)) == {"UNDP": "under_way"}
    assert model.day_of(replay(ledger).updates["first"]) == day(1, 5)


def test_a_report_date_ends_with_the_authors_day():
    people = [
        ev.PersonJoined(OPENED, "ann", "UNDP", zone="Pacific/Auckland"),
        ev.PersonJoined(OPENED, "bob", "UNDP", zone="America/New_York"),
    ]
    same_day = Span.day(day(2, 1))
    ledger = [
        *NETWORK,
        *people,
        lead("UNDP"),
        report("exploring", day(2, 5), "UNDP", author="bob", reported_on=same_day),
        report("under_way", day(2, 6), "UNDP", author="ann", reported_on=same_day),
    ]

    assert statuses(replay(ledger), day(2, 6)) == {"UNDP": "exploring"}


def test_of_two_updates_at_the_same_position_the_one_recorded_later_counts():
    same_day = Span.day(day(2, 1))
    ledger = [
        *NETWORK,
        lead("UNDP"),
        report("exploring", day(2, 6), "UNDP", reported_on=same_day),
        report("under_way", day(2, 5), "UNDP", reported_on=same_day),
    ]

    assert statuses(replay(ledger), day(2, 6)) == {"UNDP": "exploring"}


def test_the_latest_update_withdrawn():
    ledger = [
        *NETWORK,
        lead("UNDP"),
        report("exploring", day(2, 1), "UNDP"),
        report("completed", day(3, 1), "UNDP", name="latest"),
        ev.UpdateWithdrawn(day(6, 1), "latest"),
    ]

    assert statuses(replay(ledger, day(5, 31)), day(5, 31)) == {"UNDP": "completed"}
    assert statuses(replay(ledger), day(6, 1)) == {"UNDP": "exploring"}
    assert reasons(replay(ledger), day(6, 1)) == {"UNDP": {"update_due"}}


def test_the_only_update_withdrawn():
    ledger = [*NETWORK, lead("UNDP"), report("no_progress", day(2, 1), name="only")]

    assert statuses(replay([*ledger, ev.UpdateWithdrawn(day(2, 2), "only")]), day(2, 2)) == {"UNDP": "not_reported"}


# Update due


def test_a_lead_is_removed_and_added_again():
    ledger = [
        *NETWORK,
        lead("UNDP"),
        lead("GCO"),
        report("under_way", day(2, 1), "UNDP"),
        ev.LeadEnded(day(5, 10), "2.2", "UNDP", day(5, 10)),
        lead("UNDP", since=day(8, 1)),
    ]
    network = replay(ledger)

    assert statuses(network, day(5, 9)) == {"UNDP": "under_way", "GCO": "not_reported"}
    assert statuses(network, day(5, 10)) == {"GCO": "not_reported"}
    assert model.status_of_action_point(network, "2.2", day(5, 10)) == "not_reported"
    assert statuses(network, day(8, 1)) == {"GCO": "not_reported", "UNDP": "under_way"}
    assert model.last_allowed_day(network, "2.2", "UNDP", day(8, 1)) == day(10, 30)


def test_an_agenda_closed_and_reopened():
    ledger = [
        *NETWORK,
        lead("UNDP"),
        report("no_progress", day(1, 15), "UNDP"),
        ev.AgendaClosed(day(3, 1), "2006"),
        ev.AgendaOpened(day(6, 1), "2006"),
    ]
    closed, reopened = replay(ledger, day(5, 31)), replay(ledger)

    assert reasons(closed, day(5, 31)) == {"UNDP": set()}
    assert statuses(closed, day(5, 31)) == {"UNDP": "no_progress"}
    assert model.waiting_for(closed, "una", day(5, 31)) == model.Waiting()
    assert not model.may_log(closed, "carla", "2.2", day(5, 31))
    assert reasons(reopened, day(8, 30)) == {"UNDP": {"no_progress"}}
    assert reasons(reopened, day(8, 31)) == {"UNDP": {"no_progress", "update_due"}}


def test_the_last_allowed_day_follows_the_latest_of_all_days():
    added = ev.ActionPointAdded(day(2, 1), "2.3", "2006")
    since = ev.LeadAdded(day(2, 1), "2.3", "UNDP", Span.month(day(3, 1)))
    paused = ev.RemindersPaused(day(3, 5), "2.3", "UNDP", day(4, 1))
    ledger = [*NETWORK, added, since, paused]

    assert model.last_allowed_day(replay([*NETWORK, lead("UNDP")]), "2.2", "UNDP", day(1, 2)) == day(4, 1)
    assert model.parts(replay(ledger), "2.3", day(2, 28)) == [None]
    assert model.last_allowed_day(replay(ledger, day(3, 1)), "2.3", "UNDP", day(3, 1)) == day(5, 30)
    assert model.last_allowed_day(replay(ledger), "2.3", "UNDP", day(3, 31)) is None
    assert model.last_allowed_day(replay(ledger), "2.3", "UNDP", day(4, 1)) == day(6, 30)


@pytest.mark.parametrize("since", [Span.day(date(2005, 6, 1)), Span.year(day(2, 1)), Span.day(day(2, 1))])
def test_an_action_point_added_late_is_due_later(since):
    added = ev.ActionPointAdded(day(2, 1), "2.3", "2006")
    network = replay([*NETWORK, added, ev.LeadAdded(day(2, 1), "2.3", "UNDP", since)])

    assert model.last_allowed_day(network, "2.3", "UNDP", day(2, 1)) == day(5, 2)


def test_a_pause_that_is_ended_early():
    ledger = [
        *NETWORK,
        lead("UNDP"),
        ev.RemindersPaused(day(2, 1), "2.2", "UNDP", day(12, 1)),
        ev.RemindersResumed(day(3, 1), "2.2", "UNDP"),
    ]

    assert model.is_paused(replay(ledger, day(2, 28)), "2.2", "UNDP", day(2, 28))
    assert not model.is_paused(replay(ledger), "2.2", "UNDP", day(3, 1))
    assert model.last_allowed_day(replay(ledger), "2.2", "UNDP", day(3, 1)) == day(5, 30)


@pytest.mark.parametrize("status", ["completed", "discontinued"])
def test_an_ended_part_is_never_due(status):
    network = replay([*NETWORK, lead("UNDP"), report(status, day(2, 1), "UNDP")])

    assert model.last_allowed_day(network, "2.2", "UNDP", day(12, 31)) is None
    assert reasons(network, day(12, 31)) == {"UNDP": set()}


def next_agenda(*, carried_from: tuple[str, ...] = ("2.2",)) -> list[ev.Event]:
    """Return the events of an agenda of 2007 with 1.1 carried over."""
    return [
        ev.AgendaAdded(day(12, 1), "2007", silence_days=30),
        ev.ActionPointAdded(day(12, 1), "1.1", "2007", carried_from),
        ev.LeadAdded(day(12, 1), "1.1", "UNDP", Span.day(day(12, 1))),
        ev.AgendaOpened(day(1, 1, 2007), "2007"),
    ]


def test_a_new_agenda_is_calm():
    ledger = [*NETWORK, lead("UNDP"), report("no_progress", day(2, 1), "UNDP"), *next_agenda()]
    network = replay(ledger)

    assert model.status_of_part(network, "1.1", "UNDP") == "not_reported"
    assert model.predecessors(network, "1.1", "wim", day(1, 1, 2007)) == {"2.2": "no_progress"}
    assert model.predecessors(network, "1.1", None, day(1, 1, 2007)) == {}
    assert model.part_reasons(network, "1.1", "UNDP", day(1, 31, 2007)) == set()
    assert model.part_reasons(network, "1.1", "UNDP", day(2, 1, 2007)) == {"update_due"}
    assert model.figures(network, "2007", day(2, 1, 2007)) == model.Figures(
        {"not_reported": 1},  # type: ignore[arg-type]
        {"update_due": 1},  # type: ignore[arg-type]
        1,
    )


@pytest.mark.parametrize(("agency", "allowed"), [("UNDP", day(3, 11, 2007)), ("GCO", day(1, 31, 2007))])
def test_an_update_of_the_predecessor_counts_for_the_same_agency(agency, allowed):
    late = report("under_way", day(2, 9, 2007), agency)
    network = replay([*NETWORK, lead("UNDP"), lead("GCO"), *next_agenda(), late])

    assert model.last_allowed_day(network, "1.1", "UNDP", day(2, 9, 2007)) == allowed


def test_an_update_of_the_predecessor_counts_only_while_the_agency_leads_there():
    late = report("under_way", day(2, 9, 2007), "UNDP")
    ended = ev.LeadEnded(day(2, 10, 2007), "2.2", "UNDP", day(2, 10, 2007))
    ledger = [*NETWORK, lead("UNDP"), *next_agenda(), late]

    assert model.last_allowed_day(replay(ledger), "1.1", "UNDP", day(2, 10, 2007)) == day(3, 11, 2007)
    assert model.last_allowed_day(replay([*ledger, ended]), "1.1", "UNDP", day(2, 10, 2007)) == day(1, 31, 2007)


def test_an_update_of_one_of_several_predecessors_counts():
    late = report("under_way", day(2, 9, 2007), "UNDP")
    ledger = [
        *NETWORK,
        ev.ActionPointAdded(OPENED, "2.3", "2006"),
        lead("UNDP"),
        *next_agenda(carried_from=("2.3", "2.2")),
    ]

    assert model.last_allowed_day(replay([*ledger, late]), "1.1", "UNDP", day(2, 9, 2007)) == day(3, 11, 2007)


# Persons


@pytest.mark.parametrize("status", ["completed", "discontinued"])
def test_an_ended_part_needs_nobody(status):
    ledger = [*NETWORK, lead("GCO"), ev.PersonLeft(day(2, 1), "gus"), report(status, day(2, 2))]
    without_a_lead = [*NETWORK, report(status, day(2, 2))]

    assert model.attention_reasons(replay(ledger), "2.2", day(2, 2)) == set()
    assert model.attention_reasons(replay(without_a_lead), "2.2", day(2, 2)) == set()


def test_a_lead_without_active_persons():
    ledger = [*NETWORK, lead("GCO"), ev.PersonLeft(day(2, 1), "gus")]

    assert reasons(replay(ledger, day(1, 31)), day(1, 31)) == {"GCO": set()}
    assert reasons(replay(ledger), day(2, 1)) == {"GCO": {"no_one_responsible"}}
    assert reasons(replay(ledger), day(4, 2)) == {"GCO": {"no_one_responsible", "update_due"}}


def test_a_part_belongs_to_the_persons_named_for_it():
    ledger = [
        *NETWORK,
        lead("UNDP", "wim", "carla"),
        ev.PersonLeft(day(2, 1), "wim"),
        ev.PersonLeft(day(3, 1), "carla"),
    ]

    assert model.persons(replay(ledger, OPENED), "2.2", "UNDP", OPENED) == {"wim", "carla"}
    assert model.persons(replay(ledger, day(2, 1)), "2.2", "UNDP", day(2, 1)) == {"carla"}
    assert model.persons(replay(ledger), "2.2", "UNDP", day(3, 1)) == {"una", "nils", "dora"}


def test_a_coordinator_of_an_agency_is_responsible_only_if_named():
    ledger = [
        *NETWORK,
        ev.PersonJoined(OPENED, "cora", "GCO", "coordinator"),
        ev.PersonLeft(OPENED, "gus"),
        lead("GCO"),
    ]
    named = ev.PersonsNamed(OPENED, "2.2", "GCO", ("cora",))

    assert reasons(replay(ledger), OPENED) == {"GCO": {"no_one_responsible"}}
    assert model.persons(replay([*ledger, named]), "2.2", "GCO", OPENED) == {"cora"}


def test_a_person_responsible_for_two_agencies_parts():
    ledger = [*NETWORK, lead("UNDP", "gus"), lead("GCO"), report("under_way", day(3, 15), "GCO")]
    network = replay(ledger)

    assert model.waiting_for(network, "gus", day(4, 2)).reports == (("2.2", "UNDP"),)
    assert model.waiting_for(network, "gus", day(6, 14)).reports == (("2.2", "UNDP"), ("2.2", "GCO"))
    assert model.waiting_for(network, "una", day(6, 14)) == model.Waiting()
    assert model.figures(network, "2006", day(6, 14)).reasons == {"update_due": 1}
    assert model.parts_by_agency(network, "2006", day(6, 14)) == {
        "UNDP": {"not_reported": 1},
        "GCO": {"under_way": 1},
    }
    assert model.last_reports(network, "2006", day(6, 14)) == {"UNDP": None, "GCO": day(3, 15)}


# Milestones


def milestone(due: Span | None, agency: str | None = None, every_months: int | None = None) -> ev.MilestoneAdded:
    return ev.MilestoneAdded(OPENED, "workshop", "2.2", due, agency, every_months)


def test_a_part_updated_today_whose_milestone_has_passed():
    network = replay([*NETWORK, lead("UNDP"), milestone(Span.month(day(3, 1))), report("under_way", day(4, 5), "UNDP")])

    assert reasons(network, day(3, 31)) == {"UNDP": set()}
    assert reasons(network, day(4, 5)) == {"UNDP": {"milestone_overdue"}}


@pytest.mark.parametrize(
    ("agency", "expected"),
    [
        (None, {"UNDP": set(), "GCO": {"milestone_overdue"}}),
        ("UNDP", {"UNDP": set(), "GCO": set()}),
        ("GCO", {"UNDP": set(), "GCO": {"milestone_overdue"}}),
        ("WFP", {"UNDP": set(), "GCO": {"milestone_overdue"}}),
    ],
)
def test_a_milestone_after_one_of_two_parts_was_completed(agency, expected):
    ledger = [
        *NETWORK,
        lead("UNDP"),
        lead("GCO"),
        milestone(Span.day(day(2, 10)), agency),
        report("completed", day(2, 1), "UNDP"),
    ]

    assert reasons(replay(ledger), day(2, 11)) == expected


@pytest.mark.parametrize(
    "event", [ev.MilestoneCompleted(day(2, 20), "workshop"), ev.MilestoneDropped(day(2, 20), "workshop")]
)
def test_a_milestone_done_or_dropped(event):
    network = replay([*NETWORK, lead("UNDP"), milestone(Span.day(day(2, 10))), event])

    assert model.overdue_milestones(network, "2.2", day(3, 1)) == []


@pytest.mark.parametrize(
    ("due", "done", "following"),
    [
        (day(3, 1), day(3, 20), day(4, 1)),
        (day(3, 1), day(2, 20), day(4, 1)),
        (day(3, 1), day(4, 1), day(4, 1)),
        (day(3, 1), day(5, 10), day(6, 1)),
        (day(2, 10), day(5, 20), day(6, 10)),
    ],
)
def test_a_recurring_milestone_is_due_again_counted_from_its_due_date(due, done, following):
    completed = ev.MilestoneCompleted(done, "workshop")
    network = replay([*NETWORK, lead("UNDP"), milestone(Span.day(due), every_months=1), completed])

    assert network.milestones["workshop"].due == Span.day(following)
    assert model.overdue_milestones(network, "2.2", following) == []
    assert model.overdue_milestones(network, "2.2", date.fromordinal(following.toordinal() + 1)) == ["workshop"]


def test_a_recurring_milestone_without_a_first_date_is_never_overdue():
    ledger = [*NETWORK, lead("UNDP"), milestone(None, every_months=1), ev.MilestoneCompleted(day(2, 1), "workshop")]

    assert model.overdue_milestones(replay(ledger), "2.2", day(12, 31)) == []


def test_a_pause_keeps_a_milestone_out_of_mails_but_on_pages():
    paused = ev.RemindersPaused(day(2, 1), "2.2", "UNDP", day(6, 1))
    network = replay([*NETWORK, lead("UNDP"), lead("GCO"), milestone(Span.day(day(3, 1))), paused])

    assert reasons(network, day(3, 2)) == {"UNDP": {"milestone_overdue"}, "GCO": {"milestone_overdue"}}
    assert model.waiting_for(network, "una", day(3, 2)).milestones == ()
    assert model.waiting_for(network, "gus", day(3, 2)).milestones == ("workshop",)


@pytest.mark.parametrize(
    ("today", "listed"), [(day(1, 29), ()), (day(1, 30), ("workshop",)), (day(12, 31), ("workshop",))]
)
def test_a_digest_lists_milestones_due_within_30_days(today, listed):
    network = replay([*NETWORK, lead("UNDP"), milestone(Span.day(day(3, 1)))])

    assert model.waiting_for(network, "una", today).milestones == listed


# Digests


@pytest.mark.parametrize("answered", [day(3, 1), day(3, 10), day(3, 31)])
def test_no_progress_is_asked_about_again_in_the_next_period(answered):
    network = replay([*NETWORK, lead("UNDP"), report("no_progress", answered, "UNDP", reported_on=Span.day(OPENED))])

    assert model.waiting_for(network, "una", day(3, 31)).reports == ()
    assert model.waiting_for(network, "una", day(4, 1)).reports == (("2.2", "UNDP"),)


def test_no_progress_is_not_asked_about_again_in_its_period_even_if_an_update_is_due():
    late = report("no_progress", day(4, 10), "UNDP", reported_on=Span.day(day(1, 5)))
    network = replay([*NETWORK, lead("UNDP"), late])

    assert reasons(network, day(4, 20)) == {"UNDP": {"no_progress", "update_due"}}
    assert model.waiting_for(network, "una", day(4, 20)).reports == ()
    assert model.waiting_for(network, "una", day(5, 1)).reports == (("2.2", "UNDP"),)


def test_one_digest_covers_all_agendas_and_goes_out_once_a_day():
    second = [
        ev.AgendaAdded(OPENED, "Kenya", silence_days=10, period_starts=(day(4, 10),)),
        ev.ActionPointAdded(OPENED, "K1", "Kenya"),
        ev.LeadAdded(OPENED, "K1", "UNDP", Span.day(OPENED)),
        ev.AgendaOpened(OPENED, "Kenya"),
    ]
    ledger = [*NETWORK, lead("UNDP"), *second]
    sent = ev.DigestSent(day(4, 10), "una")

    assert model.digest(replay(ledger), "una", day(2, 1)) == model.Waiting((("K1", "UNDP"),))
    assert model.digest(replay(ledger), "una", day(4, 9)) is None
    assert model.digest(replay(ledger), "una", day(4, 10)) == model.Waiting((("2.2", "UNDP"), ("K1", "UNDP")))
    assert model.digest(replay([*ledger, sent]), "una", day(4, 10)) is None
    assert model.digest(replay(ledger), "gus", day(4, 10)) is None
    assert model.digest(replay(ledger), "una", day(1, 1)) is None


# Who may what


@pytest.mark.parametrize(
    ("person", "leading", "named", "may"),
    [
        ("una", "UNDP", (), True),
        ("una", "NORDIC", ("nils",), True),
        ("nils", "UNDP", (), True),
        ("nils", "UNDP", ("una",), False),
        ("wim", "UNDP", ("wim",), True),
        ("wim", "UNDP", (), False),
        ("carla", "UNDP", (), True),
        (None, "UNDP", (), False),
    ],
)
def test_who_may_log_progress(person, leading, named, may):
    network = replay([*NETWORK, lead(leading, *named)])

    assert model.may_log(network, person, "2.2", OPENED) is may


@pytest.mark.parametrize(
    ("person", "agency", "named", "may"),
    [
        ("una", "UNDP", (), True),
        ("una", "NORDIC", (), True),
        ("una", "DESK", (), True),
        ("wim", "UNDP", ("wim",), True),
        ("wim", "WFP", (), True),
        ("wim", "GCO", ("wim",), False),
        ("nils", "UNDP", (), False),
        ("nils", "UNDP", ("nils",), True),
        ("nils", "UNDP", ("una",), False),
        ("una", None, (), False),
        ("carla", None, (), True),
    ],
)
def test_who_may_correct_an_update(person, agency, named, may):
    network = replay([*NETWORK, lead("UNDP", *named), report("exploring", day(2, 1), agency, name="update")])

    assert model.may_correct(network, person, "update", day(2, 1)) is may


def test_a_person_may_correct_what_the_person_wrote():
    ledger = [*NETWORK, lead("UNDP"), report("exploring", day(2, 1), "UNDP", name="update", author="gus")]
    corrected = correction("update", day(2, 2), ev.Report("under_way", Span.day(day(2, 1)), "UNDP"))

    assert model.may_correct(replay(ledger), "gus", "update", day(2, 1))
    assert not model.may_correct(replay([*ledger, corrected]), "gus", "update", day(2, 2))


def test_drafts_are_for_coordinators():
    network = replay([*NETWORK, ev.AgendaAdded(day(2, 1), "2007", 90, visible_to="everybody")])

    assert [model.may_read(network, person, "2007") for person in (None, "una", "carla")] == [False, False, True]
