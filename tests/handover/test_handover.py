"""Handing a person's work over: what moves, the brief, the record, and what becomes of old links."""

from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions.handover.brief import brief_of, send_brief
from actions.handover.models import Handover
from actions.handover.transfer import HandoverError, MovedMeanwhileError, hand_over, moving
from actions.models import ActionPoint
from actions.reminders.links import answer_link
from actions.reminders.models import DeclinedResponsibility, ReminderCount
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text
from tests.personas import NOW, TODAY
from tests.races import run_at_once

NEW = "/hand-overs/new/"


@pytest.fixture
def successor(db):
    return personas.person("successor@example.org", agency=personas.agency("UNDP"))


@pytest.fixture
def assigned(focal_point):
    point = personas.action_point(number=1, title="Assigned")
    point.focal_points.add(focal_point)
    return point


@pytest.fixture
def led(focal_point):
    point = personas.action_point(number=2, title="Led")
    point.lead_agencies.add(focal_point.agency)
    return point


def hand(predecessor, successor, by, **options):
    found = moving(predecessor)
    given: Any = {"reason": "Left for Bonn.", "now": NOW, "seen": found.mark, "chosen": ids(found.assigned)} | options
    return hand_over(predecessor, successor, by=by, **given)


def ids(points):
    return [point.pk for point in points]


def typed(form, **changes):
    """What a browser would send of the form as it is shown."""
    return {name: form[name].value() for name in form.fields if form[name].value() is not None} | changes


def address(predecessor, successor):
    return f"{NEW}?predecessor={predecessor.pk}&successor={successor.pk}"


def sent_digest(person, *points):
    token: Any = {"state": "sent", "sent_at": NOW, "next_attempt_at": None}
    return personas.digest(person, *points, created_at=NOW, **token)


def test_what_moves_is_assigned_open_and_of_an_agenda_that_is_not_closed(focal_point, assigned, led):
    done = personas.action_point(number=3)
    done.focal_points.add(focal_point)
    personas.update(done, status="completed")
    old = personas.action_point(personas.issue(personas.agenda("2001", state=Agenda.State.CLOSED)))
    old.focal_points.add(focal_point)

    found = moving(focal_point)

    assert (found.assigned, found.led, found.drafts) == ([assigned], [led], 0)


def test_hand_over_moves_what_is_chosen_and_keeps_a_record(focal_point, successor, coordinator, assigned, led):
    made = hand(focal_point, successor, coordinator)

    assert list(assigned.focal_points.all()) == [successor]
    assert list(led.focal_points.all()) == []
    assert list(made.action_points.all()) == [assigned]
    assert (made.made_by, made.made_at, made.reason, made.deactivated) == (coordinator, NOW, "Left for Bonn.", False)


def test_hand_over_assigns_what_the_agency_leads_where_it_is_asked_to(
    focal_point, successor, coordinator, assigned, led
):
    hand(focal_point, successor, coordinator, chosen=ids([assigned, led]))

    assert list(led.focal_points.all()) == [successor]
    assert [str(agency) for agency in led.lead_agencies.all()] == ["UNDP"]


def test_old_links_die_also_where_the_agency_leads_it(client, focal_point, successor, coordinator, assigned, led):
    digest = sent_digest(focal_point, assigned, led)
    paths = [
        answer_link(digest, point.pk, "progress").removeprefix("http://127.0.0.1:8000") for point in (assigned, led)
    ]
    before = [client.get(path).status_code for path in paths]

    hand(focal_point, successor, coordinator)

    assert before == [200, 200]
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert not DeclinedResponsibility.objects.unresolved().exists()


def test_links_of_a_later_digest_work_for_who_stays_with_the_agency(client, focal_point, successor, coordinator, led):
    hand(focal_point, successor, coordinator, now=NOW.replace(hour=8), chosen=[led.pk])
    digest = sent_digest(focal_point, led)

    path = answer_link(digest, led.pk, "progress").removeprefix("http://127.0.0.1:8000")

    assert client.get(path).status_code == 200


def test_links_of_a_coordinator_who_leaves_die_too(client, coordinator, successor, admin):
    nobodys = personas.action_point(title="Nobody's")
    mine = personas.action_point(number=2)
    mine.focal_points.add(coordinator)
    digest = sent_digest(coordinator, nobodys, mine)
    path = answer_link(digest, nobodys.pk, "progress").removeprefix("http://127.0.0.1:8000")

    hand(coordinator, successor, admin)

    assert client.get(path).status_code == 404


def test_settled_disclaimer_of_the_person_leaves_other_links_alone(client, focal_point, coordinator, led):
    digest = sent_digest(focal_point, led)
    DeclinedResponsibility.objects.create(
        person=focal_point,
        action_point=led,
        reason="?",
        made_at=NOW,
        resolved_by=coordinator,
        resolved_at=NOW.replace(hour=10),
    )

    path = answer_link(digest, led.pk, "progress").removeprefix("http://127.0.0.1:8000")

    assert client.get(path).status_code == 200


def test_what_has_changed_since_the_preview_moves_nothing(focal_point, successor, coordinator, assigned):
    seen = moving(focal_point).mark
    personas.action_point(number=3).focal_points.add(focal_point)

    with pytest.raises(MovedMeanwhileError):
        hand(focal_point, successor, coordinator, seen=seen)

    assert list(assigned.focal_points.all()) == [focal_point]


def test_successor_who_was_deactivated_meanwhile_gets_nothing(focal_point, successor, coordinator, assigned):
    type(successor).objects.filter(pk=successor.pk).update(is_active=False)

    with pytest.raises(HandoverError):
        hand(focal_point, successor, coordinator)


def test_page_previews_and_hands_over_with_a_mail(client, focal_point, successor, coordinator, assigned, led):
    personas.update(assigned, narrative="First course held.")
    personas.milestone(assigned, title="Second course", due="2031-06")
    sent_digest(focal_point, assigned)
    ReminderCount.objects.add([assigned.pk], TODAY, timezone.now())
    personas.sign_in(client, coordinator)

    shown = client.get(address(focal_point, successor))
    form = typed(shown.context["form"], reason="Left for Bonn.")
    done = client.post(address(focal_point, successor), form, follow=True)

    assert "deactivate" not in shown.context["form"].fields
    assert done.redirect_chain == [(f"/hand-overs/{Handover.objects.get().pk}/", 302)]
    assert "First course held." in text(done)
    assert "June 2031: Second course" in text(done)
    assert "last reminded of it on 23 November 2026. 1 reminder without an answer." in text(done)
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (
        ["successor@example.org"],
        "You take over 2 action points from Focal.Undp",
    )
    assert "First course held." in mail.outbox[0].body
    assert "Second course" in mail.outbox[0].message().as_string()


def test_all_of_it_is_ticked_and_what_is_unticked_stays(client, focal_point, successor, coordinator, assigned, led):
    other = personas.action_point(number=3)
    other.focal_points.add(focal_point)
    personas.sign_in(client, coordinator)

    form = client.get(address(focal_point, successor)).context["form"]
    client.post(address(focal_point, successor), typed(form, reason="Left.", assigned=[other.pk], led=[]))

    assert (form["assigned"].value(), form["led"].value()) == (ids([assigned, other]), [led.pk])
    assert [list(point.focal_points.all()) for point in (assigned, led, other)] == [[focal_point], [], [successor]]
    assert list(Handover.objects.get().action_points.all()) == [other]


def test_what_only_the_agency_leads_is_handed_over_unless_it_is_unticked(
    client, focal_point, successor, coordinator, led
):
    personas.sign_in(client, coordinator)

    form = client.get(address(focal_point, successor)).context["form"]
    done = client.post(address(focal_point, successor), typed(form, reason="Left."))

    assert done.status_code == 302
    assert list(led.focal_points.all()) == [successor]


def test_nothing_chosen_is_told_and_moves_nothing(client, focal_point, successor, coordinator, assigned):
    personas.sign_in(client, coordinator)

    form = client.get(address(focal_point, successor)).context["form"]
    told = client.post(address(focal_point, successor), typed(form, reason="Left.", assigned=[]))

    assert "There is nothing to hand over." in text(told)
    assert list(assigned.focal_points.all()) == [focal_point]


def test_nothing_stays_with_an_account_that_is_deactivated(client, focal_point, successor, admin, assigned):
    form = {"reason": "Left.", "deactivate": "on", "seen": moving(focal_point).mark}

    refused = personas.sign_in(client, admin).post(address(focal_point, successor), form)

    focal_point.refresh_from_db()
    assert (refused.status_code, focal_point.is_active) == (400, True)
    assert "What stays with a deactivated account is left alone." in text(refused)


def test_deactivation_is_for_admins(client, focal_point, successor, coordinator, admin, assigned):
    form = {"reason": "Left.", "deactivate": "on", "seen": moving(focal_point).mark, "assigned": [assigned.pk]}

    refused = personas.sign_in(client, coordinator).post(address(focal_point, successor), form)
    done = personas.sign_in(client, admin).post(address(focal_point, successor), form)

    focal_point.refresh_from_db()
    assert (refused.status_code, done.status_code) == (403, 302)
    assert (focal_point.is_active, Handover.objects.get().deactivated) == (False, True)


def test_page_says_what_has_changed_and_takes_it_the_second_time(
    client, focal_point, successor, coordinator, assigned, led
):
    personas.sign_in(client, coordinator)

    seen = moving(focal_point).mark
    new = personas.action_point(number=3)
    new.focal_points.add(focal_point)
    told = client.post(address(focal_point, successor), {"reason": "Left.", "seen": seen, "assigned": [assigned.pk]})
    done = client.post(address(focal_point, successor), typed(told.context["form"]))

    assert (told.status_code, done.status_code) == (409, 302)
    assert "has changed since you opened the page" in text(told)
    assert [list(point.focal_points.all()) for point in (assigned, led, new)] == [[successor], [], [successor]]


@pytest.mark.parametrize(
    "query",
    [
        "?predecessor=x&successor=1",
        "?predecessor=99999999999999999999999&successor=99999999999999999999999",
        "?predecessor=%00&successor=-1",
        "?predecessor=1",
    ],
)
def test_faulty_choice_is_told(client, coordinator, query):
    response = personas.sign_in(client, coordinator).get(NEW + query)

    assert response.status_code == 400


def test_two_different_people_are_needed(client, coordinator, focal_point):
    response = personas.sign_in(client, coordinator).get(address(focal_point, focal_point))

    assert response.status_code == 400
    assert "Choose two different people." in text(response)


def test_brief_speaks_the_successors_language_and_leaves_out_what_they_may_not_see(
    focal_point, successor, coordinator, assigned
):
    draft = personas.action_point(personas.issue(personas.agenda("2030", state="draft")), title="Secret")
    draft.focal_points.add(focal_point)
    made = hand(focal_point, successor, coordinator)

    assert made.action_points.count() == 2
    assert [item.action_point for item in brief_of(made, successor, TODAY)] == [assigned]
    assert send_brief(made, TODAY)
    assert "Secret" not in mail.outbox[0].body


def test_mail_that_does_not_go_out_undoes_nothing(client, settings, focal_point, successor, coordinator, assigned):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    form = {"reason": "Left.", "seen": moving(focal_point).mark, "assigned": [assigned.pk]}

    done = personas.sign_in(client, coordinator).post(address(focal_point, successor), form, follow=True)

    assert "The mail did not go out" in text(done)
    assert list(assigned.focal_points.all()) == [successor]


@pytest.mark.parametrize(("page", "cost"), [("preview", 10), ("brief", 13), ("list", 7)])
def test_pages_cost_the_same_for_any_number_of_action_points(client, focal_point, successor, coordinator, page, cost):
    costs = []
    personas.sign_in(client, coordinator)
    number = 0
    for rows in (1, 3):
        while number < rows:
            number += 1
            point = personas.action_point(number=number)
            point.focal_points.add(focal_point)
            personas.update(point, author=focal_point, agency=focal_point.agency)
            personas.milestone(point)
        made = Handover.objects.create(
            predecessor=focal_point, successor=successor, reason="Left.", made_by=coordinator, made_at=NOW
        )
        made.action_points.set(ActionPoint.objects.all())
        path = {"preview": address(focal_point, successor), "brief": made.get_absolute_url(), "list": "/hand-overs/"}[
            page
        ]
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        costs.append(len(queries))

    assert costs == [cost, cost]


@pytest.mark.django_db(transaction=True)
def test_work_is_handed_over_once_however_many_press_the_button(focal_point, successor, coordinator, assigned):
    seen = moving(focal_point).mark

    answers = run_at_once(*[lambda: hand(focal_point, successor, coordinator, seen=seen)] * 2)

    assert sorted(type(answer).__name__ for answer in answers) == ["Handover", "MadeBeforeError"]
