"""Test the two levels of agencies: an agency can be part of one that has no parent."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests import personas

pytestmark = pytest.mark.django_db


def refusal(agency):
    with pytest.raises(ValidationError) as refused:
        agency.full_clean()
    return refused.value.message_dict


def test_agency_can_have_a_parent():
    personas.agency("UNDP-NO", parent=personas.agency("UNDP")).full_clean()
    personas.agency("UNDP").full_clean()


def test_parent_with_a_parent_is_refused():
    office = personas.agency("UNDP-NO", parent=personas.agency("UNDP"))
    below = personas.agency("UNDP-OSLO")
    below.parent = office

    assert refusal(below) == {
        "parent": ["UNDP-NO is itself part of UNDP. Choose UNDP."],
    }


def test_agency_with_others_below_it_cannot_have_a_parent():
    undp = personas.agency("UNDP")
    personas.agency("UNDP-NO", parent=undp)
    undp.parent = personas.agency("UN")

    assert refusal(undp) == {"parent": ["Other agencies are part of UNDP. Move those first."]}


def test_cycles_are_refused():
    undp = personas.agency("UNDP")
    office = personas.agency("UNDP-NO", parent=undp)
    undp.parent = office
    itself = personas.agency("FAO")
    itself.parent = itself

    assert refusal(undp) == {"parent": ["Two agencies cannot be part of each other."]}
    assert list(refusal(itself)) == ["parent"]


def test_admin_site_shows_why_a_parent_is_refused(client, admin):
    office = personas.agency("UNDP-NO", parent=personas.agency("UNDP"))
    typed = {"acronym": "UNDP-OSLO", "name": "UNDP in Oslo", "kind": "un", "parent": office.pk}

    refused = personas.sign_in(client, admin).post(reverse("admin:people_agency_add"), typed)

    assert refused.status_code == 400
    assert list(refused.context["adminform"].form.errors) == ["parent"]
