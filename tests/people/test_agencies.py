"""Agencies are parts of one another in one step, never in two and never in a circle."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests import personas

pytestmark = pytest.mark.django_db


def refusal(agency):
    with pytest.raises(ValidationError) as refused:
        agency.full_clean()
    return refused.value.message_dict


def test_part_of_a_whole_is_taken():
    personas.agency("UNDP-NO", parent=personas.agency("UNDP")).full_clean()
    personas.agency("UNDP").full_clean()


def test_part_of_a_part_is_refused_with_the_whole_to_choose():
    part = personas.agency("UNDP-NO", parent=personas.agency("UNDP"))
    below = personas.agency("UNDP-OSLO")
    below.parent = part

    assert refusal(below) == {
        "parent": ["UNDP-NO is part of UNDP itself, and parts have no parts. Choose UNDP."],
    }


def test_agency_with_parts_becomes_no_part():
    undp = personas.agency("UNDP")
    personas.agency("UNDP-NO", parent=undp)
    undp.parent = personas.agency("UN")

    assert refusal(undp) == {"parent": ["UNDP has parts, and parts have no parts. Move those first."]}


def test_circles_are_refused():
    undp = personas.agency("UNDP")
    part = personas.agency("UNDP-NO", parent=undp)
    undp.parent = part
    itself = personas.agency("FAO")
    itself.parent = itself

    assert refusal(undp) == {"parent": ["Two agencies cannot be part of each other."]}
    assert list(refusal(itself)) == ["parent"]


def test_admin_site_shows_why_a_part_of_a_part_is_refused(client, admin):
    part = personas.agency("UNDP-NO", parent=personas.agency("UNDP"))
    typed = {"acronym": "UNDP-OSLO", "name": "UNDP in Oslo", "kind": "un", "parent": part.pk}

    refused = personas.sign_in(client, admin).post(reverse("admin:people_agency_add"), typed)

    assert refused.status_code == 200
    assert list(refused.context["adminform"].form.errors) == ["parent"]
