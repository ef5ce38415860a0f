"""Agencies sign off their parts of the note, or dissent; a later change asks them again."""

import pytest

from actions.note.builder import build_note
from actions.note.export.markdown import write_markdown
from actions.note.models import SectionEdit, SignOff
from actions.progress import correct
from tests import personas
from tests.actions.pages import links, text

FORM = "/agendas/2026/note/1.1/sign-off/"
PAGE = "/agendas/2026/note/sign-offs/"


@pytest.fixture
def point(db, focal_point):
    """Led by UNDP, with an update of UNDP."""
    point = personas.action_point(description="Agreed so.")
    personas.lead(point, focal_point.agency)
    personas.update(point, focal_point, agency=focal_point.agency, narrative="First.")
    return point


def sign(client, **data):
    seen = client.get(FORM).context["form"]["version"].value()
    return client.post(FORM, {"version": seen, "answer": "agree"} | data)


def edit_text(point, by, words):
    key, blocks = f"updates:{point.pk}", [{"covers": [], "text": words, "left_out": False}]
    SectionEdit.store(point.issue.agenda, key, blocks, author=by, now=personas.NOW)


def answers(client):
    return text(client.get(PAGE)).partition("All action points")[2]


def test_focal_point_signs_off_what_the_agency_was_shown(as_focal_point, point, focal_point):
    before = text(as_focal_point.get(PAGE))

    answer = sign(as_focal_point)

    after = text(as_focal_point.get(PAGE))
    assert answer["Location"] == "/agendas/2026/note/?at=action-point-1-1#action-point-1-1"
    assert "Waiting for you 1.1 Action point 1" in before
    assert "0 of 1 action points are answered" in before
    assert "Waiting for you" not in after
    assert "1 of 1 action points are answered" in after
    assert f"UNDP signed off {focal_point}" in after


def test_coordinators_see_who_has_signed(as_focal_point, point, coordinator, other_focal_point):
    personas.update(point, other_focal_point, agency=other_focal_point.agency, narrative="Second.")
    sign(as_focal_point)

    content = answers(personas.sign_in(as_focal_point, coordinator))

    assert "UNDP signed off" in content
    assert "UNSSC not answered" in content


@pytest.mark.parametrize("change", ["wording", "update", "correction", "title"])
def test_later_change_of_the_text_asks_again(as_focal_point, point, focal_point, coordinator, change):
    sign(as_focal_point)

    if change == "wording":
        edit_text(point, coordinator, "Our own.")
    elif change == "update":
        personas.update(point, focal_point, narrative="Second.")
    elif change == "correction":
        correct(
            point.progress_updates.get(), personas.progress(narrative="Other."), author=focal_point, now=personas.NOW
        )
    else:
        type(point).objects.filter(pk=point.pk).update(title="Another title")

    page = text(as_focal_point.get(PAGE))
    assert "Waiting for you" in page
    assert "changed since: asked again" in page


def test_changes_elsewhere_and_other_days_ask_nobody(as_focal_point, point, focal_point):
    sign(as_focal_point)

    other = personas.action_point(point.issue, 2)
    personas.update(other, focal_point, narrative="Elsewhere.")
    focal_point.language = "fr"
    focal_point.save()

    assert "UNDP" in as_focal_point.get(PAGE).content.decode().partition('id="all"')[2]
    assert SignOff.objects.get().fingerprint == (
        build_note(point.issue.agenda, personas.TODAY.replace(year=2030), with_people=False)
        .issues[0]
        .points[0]
        .fingerprint
    )


def test_dissent_is_in_the_note_until_the_agency_answers_again(as_focal_point, point, coordinator):
    sign(as_focal_point, answer="dissent", dissent="We did **more**.")
    first = text(as_focal_point.get("/agendas/2026/note/"))

    edit_text(point, coordinator, "Reworded.")
    second = text(as_focal_point.get("/agendas/2026/note/"))
    sign(as_focal_point)
    third = text(as_focal_point.get("/agendas/2026/note/"))

    assert "Dissent of UNDP We did more ." in first
    assert "Dissent of UNDP, of an earlier wording We did more ." in second
    assert "Dissent" not in third
    assert SignOff.objects.count() == 2


def test_dissent_is_in_every_file(as_focal_point, point):
    sign(as_focal_point, answer="dissent", dissent="Not so \U0001f600 <b> #eval")

    markdown = write_markdown(build_note(point.issue.agenda, personas.TODAY, with_people=False))
    files = [as_focal_point.get(f"/agendas/2026/note.{kind}").status_code for kind in ("docx", "pdf")]

    assert "**Dissent of UNDP**\n\n> Not so \U0001f600 \\<b\\> \\#eval" in markdown
    assert files == [200, 200]


def test_text_changed_while_reading_is_shown_and_nothing_is_stored(as_focal_point, point, coordinator):
    seen = as_focal_point.get(FORM).context["form"]["version"].value()
    edit_text(point, coordinator, "Reworded meanwhile.")

    answer = as_focal_point.post(FORM, {"version": seen, "answer": "dissent", "dissent": "Typed before."})

    assert answer.status_code == 409
    assert "Reworded meanwhile." in text(answer)
    assert "Typed before." in text(answer)
    assert SignOff.objects.count() == 0
    again = {"version": answer.context["form"]["version"].value(), "answer": "dissent", "dissent": "Typed before."}
    assert as_focal_point.post(FORM, again).status_code == 302


def test_answer_sent_twice_is_stored_once(as_focal_point, point):
    sign(as_focal_point)
    sign(as_focal_point)

    assert SignOff.objects.count() == 1


def test_person_answers_for_agencies_below_the_own_one_too(as_focal_point, point, focal_point):
    nordic = personas.agency("UNDP Nordic", parent=focal_point.agency)
    personas.update(point, focal_point, agency=nordic, narrative="In Copenhagen.")

    sign(as_focal_point)

    assert sorted(SignOff.objects.values_list("agency__acronym", flat=True)) == ["UNDP", "UNDP Nordic"]


def test_agency_of_an_assigned_focal_point_is_asked(client, db, other_focal_point):
    point = personas.action_point()
    personas.assign(point, other_focal_point)

    assert "Waiting for you" in text(personas.sign_in(client, other_focal_point).get(PAGE))


def test_next_section_opens_after_an_answer(as_focal_point, point, focal_point):
    for number in (2, 3):
        personas.lead(personas.action_point(point.issue, number), focal_point.agency)

    answers = [sign(as_focal_point)["Location"]]
    for number in (2, 3):
        address = f"/agendas/2026/note/1.{number}/sign-off/"
        seen = as_focal_point.get(address).context["form"]["version"].value()
        answers.append(as_focal_point.post(address, {"version": seen, "answer": "agree"})["Location"])

    assert answers == [
        "/agendas/2026/note/1.2/sign-off/",
        "/agendas/2026/note/1.3/sign-off/",
        "/agendas/2026/note/?at=action-point-1-3#action-point-1-3",
    ]


def test_note_says_how_close_it_is_to_publication(client, point, focal_point, coordinator, other_focal_point):
    other = personas.action_point(point.issue, 2)
    personas.lead(other, other_focal_point.agency)
    personas.action_point(point.issue, 3)

    def line(person):
        return text(personas.sign_in(client, person).get("/agendas/2026/note/"))

    before = line(coordinator)
    sign(personas.sign_in(client, focal_point))
    signed = line(coordinator)
    theirs = line(other_focal_point)
    sign(personas.sign_in(client, focal_point), answer="dissent", dissent="No.")
    dissent = line(coordinator)

    assert "0 of 3 sections reviewed. Waiting for UNDP , UNSSC . 1 is yours to check ." in before
    assert "1 of 3 sections reviewed. Waiting for UNSSC . 1 is yours to check ." in signed
    assert "1.1 Action point 1 , reviewed 1.2 Action point 2 , waiting for an agency" in signed
    assert "Signed off by UNDP" in signed
    assert "Review what the note says about UNSSC" in theirs
    assert "yours to check" not in theirs
    assert "1.1 Action point 1 , reviewed, with a dissent" in dissent
    assert "Dissent by UNDP" in dissent


@pytest.mark.parametrize(
    ("who", "reviews"),
    [("focal_point", ["1.1"]), ("other_focal_point", ["1.2"]), ("coordinator", []), ("admin", [])],
)
def test_each_person_reviews_only_where_the_own_agency_is_named(
    client, request, point, other_focal_point, who, reviews
):
    personas.lead(personas.action_point(point.issue, 2), other_focal_point.agency)
    personas.action_point(point.issue, 3)

    page = personas.sign_in(client, request.getfixturevalue(who)).get("/agendas/2026/note/")

    expected = {f"/agendas/2026/note/{code}/sign-off/#review" for code in reviews}
    assert {link for link in links(page) if "sign-off/" in link} == expected


def test_coordinator_can_write_to_the_people_of_missing_agencies(client, point, focal_point, coordinator):
    personas.lead(personas.action_point(point.issue, 2), personas.agency("FAO"))

    def mails():
        page = personas.sign_in(client, coordinator).get("/agendas/2026/note/")
        return [link for link in links(page) if link.startswith("mailto:") and "?" in link]

    before = mails()
    sign(personas.sign_in(client, focal_point))

    (mail,) = before
    assert mail.startswith("mailto:focal.undp%40example.org?subject=Please%20review%20the%20note%3A%202026")
    assert mail.endswith("&body=http%3A%2F%2Ftestserver%2Fagendas%2F2026%2Fnote%2F")
    assert mails() == []


def test_coordinator_with_an_agency_answers_for_nobody(client, point, coordinator, focal_point):
    coordinator.agency = focal_point.agency
    coordinator.save()

    assert personas.sign_in(client, coordinator).get(FORM).status_code == 403
    assert not any(link.startswith(FORM) for link in links(client.get("/agendas/2026/note/")))


def test_visitors_see_neither_answers_nor_what_is_missing(client, point, focal_point):
    type(point.issue.agenda).objects.update(visible_to="everybody")
    sign(personas.sign_in(client, focal_point))
    client.logout()

    page = client.get("/agendas/2026/note/")

    assert "Signed off" not in text(page)
    assert "reviewed" not in text(page)
    assert not any("sign-off" in link or "updates/1/#" in link for link in links(page))


@pytest.mark.parametrize("who", ["coordinator", "admin", "other_focal_point"])
def test_nobody_signs_in_the_place_of_an_agency(client, point, request, who):
    client = personas.sign_in(client, request.getfixturevalue(who))

    assert client.get(FORM).status_code == 403
    assert client.post(FORM, {"answer": "agree"}).status_code == 403
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"answer": ""}, "This is needed"),
        ({"answer": "maybe"}, "maybe"),
        ({"answer": "dissent"}, "Write in a sentence"),
        ({"answer": "dissent", "dissent": "   "}, "Write in a sentence"),
        ({"answer": "dissent", "dissent": "bell \x07"}, "cannot be stored"),
        ({"answer": "dissent", "dissent": "x" * 2001}, "at most 2000"),
    ],
)
def test_bad_input_is_refused(as_focal_point, point, data, message):
    answer = sign(as_focal_point, **data)

    assert answer.status_code == 400
    assert message in text(answer)
    assert SignOff.objects.count() == 0


def test_stored_answers_are_neither_changed_nor_deleted(as_focal_point, point):
    sign(as_focal_point)
    answer = SignOff.objects.get()

    with pytest.raises(TypeError):
        answer.save()
    with pytest.raises(TypeError):
        answer.delete()


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_a_constant_number_of_queries(client, focal_point, django_assert_num_queries, rows):
    personas.sign_in(client, focal_point)
    for number in range(1, rows + 1):
        point = personas.action_point(personas.issue(number=number))
        personas.lead(point, focal_point.agency)
        personas.assign(point, personas.person(f"p{number}@example.org", agency=personas.agency(f"A{number}")))
        for _ in range(rows):
            personas.update(point, focal_point, agency=focal_point.agency)
        for dissent in ("", "No."):
            SignOff.store(
                point, [focal_point.agency], person=focal_point, fingerprint="x", dissent=dissent, now=personas.NOW
            )

    with django_assert_num_queries(18):
        client.get(PAGE)
    with django_assert_num_queries(20):
        client.get(FORM)
