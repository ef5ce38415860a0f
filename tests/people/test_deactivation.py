"""Test that a deactivation ends sessions and links to choose a password for good, also for people who are activated again."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests import personas
from tests.people.test_accounts import PASSWORD, is_signed_in, person, run_tasks_in_process, separate_cache, sign_in
from tests.people.test_invitations import choose_password, link_in
from tracker.people.models import User

__all__ = ["person", "run_tasks_in_process", "separate_cache"]  # fixtures

pytestmark = pytest.mark.django_db


def by_saving(person, admin):
    for active in (False, True):
        person.is_active = active
        person.save()


def by_saving_the_field(person, admin):
    for active in (False, True):
        person.is_active = active
        person.save(update_fields=["is_active"])


def by_updating(person, admin):
    for active in (False, True):
        User.objects.filter(pk=person.pk).update(is_active=active)


def by_the_actions_of_the_admin_site(person, admin):
    for action in ("deactivate", "activate"):
        data = {"action": action, "_selected_action": [person.pk]}
        personas.sign_in(Client(), admin).post(reverse("admin:people_user_changelist"), data)


def after_a_first_deactivation(person, admin):
    by_saving(person, admin)
    by_updating(person, admin)


WAYS = [by_saving, by_saving_the_field, by_updating, by_the_actions_of_the_admin_site, after_a_first_deactivation]


@pytest.mark.parametrize("switch_off_and_on", WAYS)
def test_session_from_before_a_deactivation_stays_ended(client, person, admin, switch_off_and_on):
    sign_in(client, person.email)
    before = client.get("/preferences/").status_code
    switch_off_and_on(person, admin)

    assert (before, client.get("/preferences/").status_code) == (200, 302)
    assert User.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize("switch_off_and_on", WAYS)
def test_link_from_before_a_deactivation_stays_ended(client, person, admin, switch_off_and_on):
    client.post("/accounts/password/reset/", {"email": person.email})
    switch_off_and_on(person, admin)

    page = choose_password(client, link_in(mail.outbox[0].body))

    assert "This link no longer works" in page.content.decode()


def test_person_who_is_activated_again_signs_in_with_the_same_password(client, person, admin):
    by_saving(person, admin)
    sign_in(client, person.email, PASSWORD)

    assert is_signed_in(client)


def test_other_changes_end_no_session(client, person):
    sign_in(client, person.email)
    person.name = "Renamed"
    person.save()
    User.objects.filter(pk=person.pk).update(language="fr")

    assert client.get("/preferences/").status_code == 200
