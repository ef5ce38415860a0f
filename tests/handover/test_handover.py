"""Test hand-overs: what goes to the successor, the brief, the record, and the links in old mails."""

from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from actions.handover.brief import brief_of, points_of, send_brief
from actions.handover.models import Handover
from actions.handover.tasks import mail_brief
from actions.handover.transfer import HandoverError, hand_over, lock_open_work, open_work
from actions.models import ActionPoint
from actions.reminders import links as answer_links
from actions.reminders.models import DeclinedResponsibility, ReminderCount
from issues.models import Agenda
from tests import personas
from tests.actions.pages import links, text
from tests.personas import NOW, TODAY
from tests.races import run_at_once

NEW = "/hand-overs/new/"


def answer_path(digest, point):
    """Return the path of the link with which the recipient reports on the first part."""
    part = point.responsibilities.current().first()
    return answer_links.answer_path(digest, point.pk, part.pk if part else None, "progress")


@pytest.fixture
def successor(db):
    return personas.person("successor@example.org", agency=personas.agency("UNDP"))


@pytest.fixture
def assigned(focal_point):
    point = personas.action_point(number=1, title="Assigned")
    personas.assign(point, focal_point)
    return point


@pytest.fixture
def led(focal_point):
    point = personas.action_point(number=2, title="Led")
    personas.lead(point, focal_point.agency)
    return point


@transaction.atomic
def transfer(predecessor, successor, by, **options):
    """Hand over what is assigned to the predecessor by name, unless `chosen` says otherwise."""
    work = lock_open_work(predecessor, successor)
    defaults: Any = {"reason": "Left for Bonn.", "now": NOW, "chosen": ids(work.assigned)}
    return hand_over(work, successor, by=by, **defaults | options)


def ids(points):
    return [point.pk for point in points]


def typed(form, **changes):
    """Return what a browser sends of the form that is shown, with changes."""
    return {name: form[name].value() for name in form.fields if form[name].value() is not None} | changes


def address(predecessor, successor):
    return f"{NEW}?predecessor={predecessor.pk}&successor={successor.pk}"


def sent_digest(person, *points):
    sent: Any = {"state": "sent", "sent_at": NOW, "next_attempt_at": None}
    return personas.digest(person, *points, created_at=NOW, **sent)


def test_open_work_leaves_out_completed_action_points_and_closed_agendas(focal_point, assigned, led):
    completed = personas.action_point(number=3)
    personas.assign(completed, focal_point)
    personas.update(completed, status="completed")
    closed = personas.action_point(personas.issue(personas.agenda("2001", state=Agenda.State.CLOSED)))
    personas.assign(closed, focal_point)

    work = open_work(focal_point)

    assert (work.assigned, work.led, work.drafts) == ([assigned], [led], 0)


def test_hand_over_assigns_the_chosen_action_points_and_is_recorded(focal_point, successor, coordinator, assigned, led):
    handover = transfer(focal_point, successor, coordinator)

    assert personas.persons(assigned) == [successor]
    assert personas.persons(led) == []
    assert list(handover.action_points.all()) == [assigned]
    assert (handover.created_by, handover.created_at, handover.reason, handover.deactivated) == (
        coordinator,
        NOW,
        "Left for Bonn.",
        False,
    )


def test_hand_over_can_include_action_points_that_the_agency_leads(focal_point, successor, coordinator, assigned, led):
    transfer(focal_point, successor, coordinator, chosen=ids([assigned, led]))

    assert personas.persons(led) == [successor]
    assert [str(agency) for agency in personas.leads(led)] == ["UNDP"]


def test_old_links_end_even_if_the_agency_leads_the_action_point(
    client, focal_point, successor, coordinator, assigned, led
):
    digest = sent_digest(focal_point, assigned, led)
    paths = [answer_path(digest, point) for point in (assigned, led)]
    before = [client.get(path).status_code for path in paths]

    transfer(focal_point, successor, coordinator)

    assert before == [200, 200]
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert not DeclinedResponsibility.objects.unresolved().exists()


def test_links_of_a_later_digest_work_for_a_predecessor_who_stays_with_the_agency(
    client, focal_point, successor, coordinator, led
):
    transfer(focal_point, successor, coordinator, now=NOW.replace(hour=8), chosen=[led.pk])
    digest = sent_digest(focal_point, led)

    path = answer_path(digest, led)

    assert client.get(path).status_code == 200


def test_links_of_a_coordinator_end_too(client, coordinator, successor, admin):
    without_owner = personas.action_point(title="Without owner")
    assigned = personas.action_point(number=2)
    personas.assign(assigned, coordinator)
    digest = sent_digest(coordinator, without_owner, assigned)
    path = answer_path(digest, without_owner)

    transfer(coordinator, successor, admin)

    assert client.get(path).status_code == 404


def test_links_work_after_the_person_declined_and_a_coordinator_resolved_it(client, focal_point, coordinator, led):
    digest = sent_digest(focal_point, led)
    DeclinedResponsibility.objects.create(
        person=focal_point,
        action_point=led,
        reason="?",
        made_at=NOW,
        resolved_by=coordinator,
        resolved_at=NOW.replace(hour=10),
    )

    path = answer_path(digest, led)

    assert client.get(path).status_code == 200


def test_deactivated_successor_is_refused(focal_point, successor, coordinator, assigned):
    type(successor).objects.filter(pk=successor.pk).update(is_active=False)

    with pytest.raises(HandoverError):
        transfer(focal_point, successor, coordinator)


def test_hand_over_from_the_page_sends_the_brief(client, focal_point, successor, coordinator, assigned, led):
    personas.update(assigned, now=NOW - timedelta(days=1), narrative="First course held.")
    personas.milestone(assigned, title="Second course", due="2031-06")
    sent_digest(focal_point, assigned)
    ReminderCount.objects.add([assigned.responsibilities.get().pk], TODAY, TODAY)
    personas.sign_in(client, coordinator)

    shown = client.get(address(focal_point, successor))
    form = typed(shown.context["form"], reason="Left for Bonn.")
    done = client.post(address(focal_point, successor), form, follow=True)
    mail_brief(Handover.objects.get().pk)

    assert "deactivate" not in shown.context["form"].fields
    assert done.redirect_chain == [(f"/hand-overs/{Handover.objects.get().pk}/", 302)]
    assert "First course held." in text(done)
    assert "June 2031: Second course" in text(done)
    assert "last reminded on 23 November 2026. 1 reminder without an answer." in text(done)
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (
        ["successor@example.org"],
        "You take over 2 action points from Focal.Undp",
    )
    assert "First course held." in mail.outbox[0].body
    assert "Second course" in mail.outbox[0].message().as_string()


def test_unticked_action_points_stay(client, focal_point, successor, coordinator, assigned, led):
    other = personas.action_point(number=3)
    personas.assign(other, focal_point)
    personas.sign_in(client, coordinator)

    form = client.get(address(focal_point, successor)).context["form"]
    client.post(address(focal_point, successor), typed(form, reason="Left.", assigned=[other.pk], led=[]))

    assert (form["assigned"].value(), form["led"].value()) == (ids([assigned, other]), [led.pk])
    assert [personas.persons(point) for point in (assigned, led, other)] == [[focal_point], [], [successor]]
    assert list(Handover.objects.get().action_points.all()) == [other]


def test_action_points_that_only_the_agency_leads_are_handed_over(client, focal_point, successor, coordinator, led):
    personas.sign_in(client, coordinator)

    form = client.get(address(focal_point, successor)).context["form"]
    done = client.post(address(focal_point, successor), typed(form, reason="Left."))

    assert done.status_code == 302
    assert personas.persons(led) == [successor]


def test_hand_over_of_nothing_is_refused(client, focal_point, successor, coordinator, assigned):
    personas.sign_in(client, coordinator)

    form = client.get(address(focal_point, successor)).context["form"]
    refused = client.post(address(focal_point, successor), typed(form, reason="Left.", assigned=[]))

    assert "There is nothing to hand over." in text(refused)
    assert personas.persons(assigned) == [focal_point]


def test_deactivated_account_keeps_no_action_points(client, focal_point, successor, admin, assigned):
    form = {"reason": "Left.", "deactivate": "on", "version": open_work(focal_point).version}

    refused = personas.sign_in(client, admin).post(address(focal_point, successor), form)

    focal_point.refresh_from_db()
    assert (refused.status_code, focal_point.is_active) == (400, True)
    assert "A deactivated person cannot keep action points." in text(refused)


def test_deactivation_is_for_admins(client, focal_point, successor, coordinator, admin, assigned):
    form = {"reason": "Left.", "deactivate": "on", "version": open_work(focal_point).version, "assigned": [assigned.pk]}

    refused = personas.sign_in(client, coordinator).post(address(focal_point, successor), form)
    done = personas.sign_in(client, admin).post(address(focal_point, successor), form)

    focal_point.refresh_from_db()
    assert (refused.status_code, done.status_code) == (403, 302)
    assert (focal_point.is_active, Handover.objects.get().deactivated) == (False, True)


def test_changed_work_is_shown_again_before_it_is_handed_over(
    client, focal_point, successor, coordinator, assigned, led
):
    personas.sign_in(client, coordinator)

    seen = open_work(focal_point).version
    new = personas.action_point(number=3)
    personas.assign(new, focal_point)
    refused = client.post(
        address(focal_point, successor), {"reason": "Left.", "version": seen, "assigned": [assigned.pk]}
    )
    done = client.post(address(focal_point, successor), typed(refused.context["form"]))

    assert (refused.status_code, done.status_code) == (409, 302)
    assert "have changed since you opened the page" in text(refused)
    assert [personas.persons(point) for point in (assigned, led, new)] == [[successor], [], [successor]]


@pytest.mark.parametrize(
    "query",
    [
        "?predecessor=x&successor=1",
        "?predecessor=99999999999999999999999&successor=99999999999999999999999",
        "?predecessor=%00&successor=-1",
        "?predecessor=1",
    ],
)
def test_invalid_choice_of_people_is_refused(client, coordinator, query):
    response = personas.sign_in(client, coordinator).get(NEW + query)

    assert response.status_code == 400


def test_predecessor_cannot_be_the_successor(client, coordinator, focal_point):
    response = personas.sign_in(client, coordinator).get(address(focal_point, focal_point))

    assert response.status_code == 400
    assert "Choose two different people." in text(response)


def test_brief_leaves_out_what_the_successor_may_not_see(focal_point, successor, coordinator, assigned):
    draft = personas.action_point(personas.issue(personas.agenda("2030", state="draft")), title="Secret")
    personas.assign(draft, focal_point)
    handover = transfer(focal_point, successor, coordinator)

    assert handover.action_points.count() == 2
    assert [brief.action_point for brief in brief_of(handover, list(points_of(handover, successor)), TODAY)] == [
        assigned
    ]
    assert send_brief(handover, TODAY)
    assert "Secret" not in mail.outbox[0].body


def test_brief_that_the_mail_server_does_not_take_is_tried_again(
    focal_point, successor, coordinator, assigned, smtp_server
):
    handover = transfer(focal_point, successor, coordinator)
    smtp_server.answers = {"MAIL": "451 Try later"}
    with pytest.raises(Retry):
        mail_brief(handover.pk)
    smtp_server.answers = {}

    mail_brief(handover.pk)

    assert [(sent["To"], sent["Reply-To"]) for sent in smtp_server.messages] == [(successor.email, coordinator.email)]


def test_hand_over_does_not_wait_for_the_mail_server(
    client, focal_point, successor, coordinator, assigned, smtp_server
):
    form = {"reason": "Left.", "version": open_work(focal_point).version, "assigned": [assigned.pk]}

    done = personas.sign_in(client, coordinator).post(address(focal_point, successor), form, follow=True)

    assert "gets the brief by mail" in text(done)
    assert smtp_server.messages == []


def test_hand_over_stays_if_the_mail_is_not_queued(client, monkeypatch, focal_point, successor, coordinator, assigned):
    def refuse(pk):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(mail_brief, "delay", refuse)
    form = {"reason": "Left.", "version": open_work(focal_point).version, "assigned": [assigned.pk]}

    done = personas.sign_in(client, coordinator).post(address(focal_point, successor), form, follow=True)

    assert "the mail was not sent" in text(done)
    assert personas.persons(assigned) == [successor]


@pytest.mark.parametrize(("page", "count"), [("preview", 10), ("brief", 19), ("list", 7)])
def test_pages_need_the_same_queries_for_any_number_of_action_points(
    client, focal_point, successor, coordinator, page, count
):
    counts = []
    personas.sign_in(client, coordinator)
    number = 0
    for rows in (1, 3):
        while number < rows:
            number += 1
            point = personas.action_point(number=number)
            personas.assign(point, focal_point)
            personas.update(point, author=focal_point, agency=focal_point.agency)
            personas.milestone(point)
        handover = Handover.objects.create(
            predecessor=focal_point, successor=successor, reason="Left.", created_by=coordinator, created_at=NOW
        )
        handover.action_points.set(ActionPoint.objects.all())
        path = {
            "preview": address(focal_point, successor),
            "brief": handover.get_absolute_url(),
            "list": "/hand-overs/",
        }[page]
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))

    assert counts == [count, count]


def test_form_that_is_sent_again_leads_to_the_hand_over(client, focal_point, successor, coordinator, assigned, led):
    personas.sign_in(client, coordinator)
    form = typed(client.get(address(focal_point, successor)).context["form"], reason="Left.", led=[])
    first = client.post(address(focal_point, successor), form)

    again = client.post(address(focal_point, successor), form | {"reason": "Retired.", "led": [led.pk]}, follow=True)

    assert again.redirect_chain == [(first.headers["Location"], 302)]
    assert "This has already been handed over." in text(again)
    assert (Handover.objects.count(), personas.persons(led)) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_work_is_handed_over_once_by_two_coordinators_at_once(focal_point, successor, coordinator, assigned):
    def send() -> object:
        client = personas.sign_in(Client(), coordinator)
        form = {"reason": "Left.", "version": open_work(focal_point).version, "assigned": [assigned.pk]}
        all_read.wait(10)
        return client.post(address(focal_point, successor), form).status_code

    all_read = Barrier(2)

    assert sorted(map(str, run_at_once(send, send))) == ["302", "409"]
    assert Handover.objects.count() == 1


def test_long_brief_has_pages_and_the_mail_has_all_of_it(
    client, focal_point, successor, coordinator, assigned, monkeypatch
):
    monkeypatch.setattr("actions.handover.views.PAGE_SIZE", 2)
    for number in (2, 3):
        personas.assign(personas.action_point(number=number, title=f"Assigned {number}"), focal_point)
    handover = transfer(focal_point, successor, coordinator)
    personas.sign_in(client, successor)

    first, second = (client.get(f"{handover.get_absolute_url()}{query}") for query in ("", "?page=2"))
    send_brief(handover, TODAY)

    assert [f"Assigned {number}" in text(first) for number in (2, 3)] == [True, False]
    assert [f"Assigned {number}" in text(second) for number in (2, 3)] == [False, True]
    assert "?page=2" in links(first)
    assert [f"Assigned {number}" in str(mail.outbox[0].body) for number in (2, 3)] == [True, True]
    assert client.get(f"{handover.get_absolute_url()}?page=3").status_code == 400
