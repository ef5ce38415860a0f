"""Tests of choosing people by name or address: whom a text names, what is offered, and the suggestions."""

from html import unescape

import pytest
from django import forms
from django.http import QueryDict

from actions.models import ActionPoint
from actions.responsibilities import name_persons
from tests import personas
from tests.actions.pages import text
from tracker.people.choosing import MAX_NAMES, MAX_OFFERED, PeopleField, PersonField, matching
from tracker.people.models import User

pytestmark = pytest.mark.one_database

EDIT = "/agendas/2026/1.1/edit/"
NEW_HANDOVER = "/hand-overs/new/"


class PeopleForm(forms.Form):
    people = PeopleField(required=False)


class PersonForm(forms.Form):
    people = PersonField()


@pytest.fixture
def network(db):
    """Add people whose names have much in common."""
    undp, wfp = personas.agency("UNDP"), personas.agency("WFP")
    return {
        email: personas.person(f"{email}@example.org", name=name, agency=agency, is_active=is_active)
        for email, name, agency, is_active in [
            ("jose", "José Álvarez", undp, True),
            ("ana", "Ana Díaz", undp, True),
            ("ana.wfp", "Ana Díaz", wfp, True),
            ("ann", "Ann Lee", wfp, True),
            ("joanna", "Joanna Leeds", undp, True),
            ("left", "Ann Former", wfp, False),
            ("osman", "عثمان إدريس", wfp, True),
            ("comma", "Smith, Kim", None, True),
        ]
    }


def bound(form, *values, name="people"):
    data = QueryDict(mutable=True)
    data.setlist(name, values)
    return form(data)


def emails(people):
    return [person.email.partition("@")[0] for person in people]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("jose@example.org", ["jose"]),
        (" JOSE@Example.ORG ", ["jose"]),
        ("José Álvarez <jose@example.org>", ["jose"]),
        ("José Álvarez", ["jose"]),
        ("jose alvarez", ["jose"]),
        ("ALVAREZ JOSE", ["jose"]),
        ("Álvarez", ["jose"]),
        ("alvarez undp", ["jose"]),
        ("Ann Lee", ["ann"]),
        ("Ann", ["ann"]),  # not Joanna, not Ann Former, who is deactivated
        ("ana diaz wfp", ["ana.wfp"]),
        ("ادريس", ["osman"]),
        ("Kim Smith", ["comma"]),
        ("Smith, Kim", ["comma"]),
        ("Jose, ann lee", ["jose", "ann"]),
        ("Jose\r\nJoanna;Lee", ["jose", "joanna", "ann"]),
        ("Jose، Joanna，Lee؛ ana.wfp@example.org", ["jose", "joanna", "ann", "ana.wfp"]),
        ("jose@example.org ann@example.org", ["jose", "ann"]),
        ("Ann, Ann Lee, ann@example.org", ["ann"]),
        ("Ana Díaz, ana@example.org", ["ana"]),  # the address says which of the two
        (",; \n", []),
        ("\x00", []),
    ],
)
def test_typed_text_names_people(network, typed, expected):
    form = bound(PeopleForm, typed)

    assert form.errors == {}
    assert sorted(emails(form.cleaned_data["people"])) == sorted(expected)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Ana Díaz", ["ana", "ana.wfp"]),
        ("ana", ["ana", "ana.wfp"]),
        ("joan", ["joanna"]),  # a part of a word names nobody, even if it is in one name only
        ("UNDP", ["ana", "joanna", "jose"]),
        ("jose@", ["jose"]),
        ("Nobody Known", []),
        ("Ann Former", []),
        ("left@example.org", []),
        ("nobody@example.org", []),
        ("@", ["ana", "ana.wfp", "ann", "comma", "joanna", "jose", "osman"]),
        ("\ud800\x00@example.net", []),
        ("x" * 10_000, []),
        ("x " * 5_000, []),
        ("-1", []),
        ("'%_\\", []),
    ],
)
def test_unclear_text_is_kept_and_people_are_offered(network, typed, offered):
    form = bound(PeopleForm, typed)
    html = str(form["people"])

    assert form.errors.keys() == {"people"}
    assert sorted(emails(User.objects.filter(email__in=offered_in(html)))) == offered
    assert " ".join(typed.replace("\x00", "").replace("\ud800", "").split()) in unescape(html)


def offered_in(html):
    return [piece.partition('"')[0] for piece in html.split('value="') if "@" in piece.partition('"')[0]]


def test_text_that_has_more_matches_than_can_be_offered(db):
    for number in range(MAX_OFFERED + 5):
        personas.person(f"{number:02}@example.org", name=f"Ana {number:02}")

    form = bound(PeopleForm, "Ana")
    last = bound(PeopleForm, "Ana", "14@example.org")

    assert not form.is_valid()
    assert offered_in(str(form["people"])) == [f"{number:02}@example.org" for number in range(MAX_OFFERED)]
    assert last.is_valid()


def test_too_many_names_are_refused_and_kept(network):
    names = [f"Name {number}" for number in range(MAX_NAMES + 1)]

    form = bound(PeopleForm, ", ".join(names))
    html = str(form["people"])

    assert f"At most {MAX_NAMES} names" in str(form.errors)
    assert all(name in html for name in names)


def test_any_number_of_addresses_can_be_pasted(db, django_assert_num_queries):
    people = [personas.person(f"{number}@example.org") for number in range(60)]

    with django_assert_num_queries(1):
        form = bound(PeopleForm, "\n".join(person.email for person in people))
        assert form.is_valid()

    assert {person.pk for person in form.cleaned_data["people"]} == {person.pk for person in people}


def test_chosen_people_are_shown_and_the_typed_text_that_was_clear_is_cleared(network):
    form = bound(PeopleForm, str(network["ann"].pk), "Álvarez, Ana, nobody")
    html = str(form["people"])

    assert form.errors["people"] == [
        "Choose below who is meant by “Ana”, or type more of the name.",
        "“nobody” was not found. Check the spelling, or type only a part of the name.",
    ]
    assert html.count(" checked>") == 2
    assert "Ann Lee</bdi>" in html
    assert "Focal point · <bdi>WFP</bdi>" in html
    assert ">Ana\nnobody</textarea>" in html


def test_page_has_nobody_but_the_chosen(network, django_assert_num_queries):
    with django_assert_num_queries(0):
        empty = str(PeopleForm()["people"])
    with django_assert_num_queries(1):
        filled = str(PeopleForm(initial={"people": [network["ann"], network["jose"].pk]})["people"])

    assert empty.count("<bdi>") == 0
    assert filled.count("checked>") == 2


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 18])
def test_id_of_nobody_is_refused(network, pk):
    form = bound(PeopleForm, pk, str(network["ann"].pk))

    assert "can no longer be chosen" in str(form.errors)
    assert "Ann Lee" in str(form["people"])


def test_deactivated_person_can_stay_but_not_be_added(network):
    class Form(forms.Form):
        people = PeopleField(User.objects.active_or_among(User.objects.filter(name="Ann Former")), required=False)

    assert not bound(PeopleForm, str(network["left"].pk)).is_valid()
    assert not bound(Form, "Ann Former").is_valid()
    form = bound(Form, str(network["left"].pk), "Ann Lee")
    assert form.is_valid()
    assert "Deactivated" in str(form["people"])


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ([], "This is needed"),
        ([" "], "This is needed"),
        (["ann@example.org, jose@example.org"], "Choose one person"),
        (["Ana"], "Choose below"),
        (["Nobody"], "was not found"),
    ],
)
def test_one_person_is_needed(network, values, error):
    form = bound(PersonForm, *values)

    assert error in str(form.errors)


def test_one_person_is_chosen(network):
    form = bound(PersonForm, "Ann")

    assert form.is_valid()
    assert form.cleaned_data["people"] == network["ann"]


@pytest.mark.parametrize(
    ("initial", "values", "expected"),
    [
        ([], [], False),
        (["ann"], ["Ann Lee"], False),
        (["ann"], [], True),
        ([], ["Ann Lee"], True),
        (["ann"], ["Ann Lee, Ana"], True),
    ],
)
def test_change_is_recognized(network, initial, values, expected):
    assert PeopleField().has_changed([network[name] for name in initial], values) is expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("an", ["ana", "ana.wfp", "ann", "joanna", "osman"]),
        ("DIAZ", ["ana", "ana.wfp"]),
        ("diaz wfp", ["ana.wfp"]),
        ("example.org", ["ana", "ana.wfp", "ann", "comma", "joanna", "jose", "osman"]),
        ("", []),
    ],
)
def test_matching_people(network, typed, expected):
    assert sorted(emails(matching(User.objects.active(), typed))) == expected


def test_closest_names_come_first(network):
    personas.person("later@example.org", name="A Ann")

    assert emails(matching(User.objects.active(), "ann")) == ["ann", "later", "joanna"]


def test_suggestions(client, network, coordinator):
    personas.sign_in(client, coordinator)

    one = client.get("/people/suggestions/", {"q": "álv"}).text
    former = [client.get(f"/people/suggestions/?{query}q=former").text for query in ("", "deactivated=yes&")]
    many = client.get("/people/suggestions/", {"q": "e"}).text

    assert ("1 person matches." in one, f'value="{network["jose"].pk}"' in one) == (True, True)
    assert ["No one matches." in answer for answer in former] == [True, False]
    assert many.count("<button") <= MAX_OFFERED


@pytest.mark.parametrize(("q", "status"), [("x" * 101, 400), ("\x00", 400), ("%", 200), ("x" * 100, 200)])
def test_suggestions_for_unusual_text(client, network, coordinator, q, status):
    assert personas.sign_in(client, coordinator).get("/people/suggestions/", {"q": q}).status_code == status


def test_suggestions_need_few_queries(client, network, coordinator, django_assert_num_queries):
    personas.sign_in(client, coordinator)

    with django_assert_num_queries(3):
        client.get("/people/suggestions/", {"q": "an"})


@pytest.fixture
def persons_field(db):
    """Return the name of the field for the persons of the only part of an action point."""
    part = personas.lead(personas.action_point(), personas.agency("UNDP"))
    return f"persons_{part.agency_id}"


def test_part_of_an_action_point_gets_people_who_were_typed(client, network, coordinator, persons_field):
    point = ActionPoint.objects.get()
    name_persons(point.parts[0], [network["left"]])
    personas.sign_in(client, coordinator)
    form = client.get(EDIT).context["form"]
    data = {"title": "Courses", "lead_agencies": [point.leads[0].pk], "version": form["version"].value()}
    data[f"since_{point.leads[0].pk}"] = "2005"

    unclear = client.post(EDIT, data | {persons_field: [network["left"].pk, "Ann Lee, Ana"]})
    done = client.post(EDIT, data | {persons_field: [network["left"].pk, network["ann"].pk, "ana@example.org", "Ana"]})

    assert (unclear.status_code, done.status_code) == (400, 302)
    assert "Choose below who is meant by “Ana”" in text(unclear)
    assert sorted(emails(ActionPoint.objects.get().persons)) == ["ana", "ann", "left"]


def test_text_of_a_signed_out_person_is_in_the_field_after_signing_in(client, network, coordinator, persons_field):
    client.post(EDIT, {"title": "Courses", persons_field: [network["ann"].pk, "Ana, Somebody Else"]})
    personas.sign_in(client, coordinator)

    page = client.get(EDIT).text

    assert ">Ana\nSomebody Else</textarea>" in page
    assert f'value="{network["ann"].pk}" checked>' in page


def test_handover_between_people_who_were_typed(client, network, coordinator):
    personas.sign_in(client, coordinator)

    response = client.get(NEW_HANDOVER, {"predecessor": "ann former", "successor": ["", "Ann Lee"]}, follow=True)
    unclear = client.get(NEW_HANDOVER, {"predecessor": "Ann Former", "successor": "Ana"})

    query = f"predecessor={network['left'].pk}&successor={network['ann'].pk}"
    assert response.redirect_chain == [(f"{NEW_HANDOVER}?{query}", 302)]
    assert (response.status_code, unclear.status_code) == (200, 400)
    assert f'value="{network["left"].pk}" checked>' in unclear.text
    assert 'type="radio" name="successor" value="ana@example.org"' in unclear.text
