"""Coordinators edit the note where it is read: what the page shows, what is stored, who may, and what happens when sources change."""

import pytest

from actions import progress
from actions.note.builder import NoteBuilder, build_note
from actions.note.comparison import changed_words
from actions.note.export.markdown import write_markdown
from actions.note.models import SectionEdit, SignOff
from actions.progress import withdraw
from tests import personas
from tests.actions.pages import links, text

pytestmark = pytest.mark.one_database

NOTE = "/agendas/2026/note/"
UPDATES = f"{NOTE}1.1/updates/"
TEXTS = [
    (f"{NOTE}introduction/", "introduction"),
    (f"{NOTE}issues/1/", "rationale"),
    (f"{NOTE}1.1/description/", "description"),
]


@pytest.fixture
def point(db, focal_point):
    """With three updates of UNDP: First, Second, Third."""
    point = personas.action_point(description="Agreed so.")
    for narrative in ("First.", "Second.", "Third."):
        personas.update(point, focal_point, agency=focal_point.agency, narrative=narrative)
    return point


def form_at(client, address):
    """What a browser would send of the form at the address."""
    form = client.get(address).context["form"]
    return {name: form[name].value() for name in ("text", "version", "place")}


def _editor(response):
    shown = response.context["shown"]
    sections = [shown.introduction]
    for issue in shown.issues:
        sections.append(issue.rationale)
        for point in issue.points:
            sections += [point.description, point.updates]
    return next(each.editor for section in sections for each in section.paragraphs if each.editor)


def save(client, key, section=UPDATES, **changes):
    address = f"{section}{key}/"
    return client.post(address, form_at(client, address) | changes)


def shown_texts(point):
    """The texts of the note below the action point, in its order."""
    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)
    entries = note.issues[0].points[0].entries
    return [entry.wording if entry.wording is not None else entry.items[0].narrative for entry in entries]


def correct(point, number, narrative, by):
    update = point.progress_updates.newest_versions().get(number=number)
    progress.correct(update, personas.progress(narrative=narrative), author=by, now=personas.NOW)


def test_saving_an_unchanged_text_stores_nothing(as_coordinator, point):
    answer = save(as_coordinator, 1)

    assert answer["Location"] == f"{NOTE}?at=action-point-1-1#updates-{point.pk}-1"
    assert SectionEdit.objects.count() == 0


def test_form_opens_on_its_paragraph_with_the_source_beside_it(as_coordinator, point):
    page = as_coordinator.get(f"{UPDATES}2/")

    assert _editor(page).paragraph.name == "UNDP · Paragraph 2 of 3"
    assert page.context["form"]["text"].value() == "Second."
    assert page.content.decode().count("data-ask") == 1
    assert "Source Reported 23 November 2026, no date given · UNDP · Under way Second." in text(page)


@pytest.mark.parametrize(
    ("key", "do", "expected"),
    [
        (1, "down", ["Second.", "Typed.", "Third."]),
        (3, "up", ["First.", "Typed.", "Second."]),
        (1, "up", ["Typed.", "Second.", "Third."]),
        (3, "down", ["First.", "Second.", "Typed."]),
        (2, "leave_out", ["First.", "Third."]),
        (2, "merge", ["First.\n\nTyped.", "Third."]),
        (2, "source", ["First.", "Second.", "Third."]),
        ("new", "save", ["First.", "Second.", "Third.", "Typed."]),
    ],
)
def test_each_button_does_what_it_says_once_however_often_it_is_sent(as_coordinator, point, key, do, expected):
    address = f"{UPDATES}{key}/"
    data = form_at(as_coordinator, address) | {"text": "Typed.", "do": do}

    first = as_coordinator.post(address, data)
    texts = shown_texts(point)
    again = as_coordinator.post(address, data)

    assert (first.status_code, texts) == (302, expected)
    assert shown_texts(point) == expected
    assert again["Location"] == first["Location"]


@pytest.mark.parametrize(
    ("key", "do", "expected"),
    [(1, "down", ["Second.", "First.", "Third."]), (3, "up", ["First.", "Third.", "Second."])],
)
def test_paragraph_is_moved_without_its_text(as_coordinator, point, key, do, expected):
    for _twice in range(2):
        as_coordinator.post(f"{UPDATES}{key}/", {"do": do, "place": key})

    assert shown_texts(point) == expected


def test_left_out_paragraph_is_seen_by_coordinators_only_and_shown_again(as_coordinator, point, focal_point):
    save(as_coordinator, 2, do="leave_out")
    theirs = text(as_coordinator.get(NOTE))
    others = text(personas.sign_in(as_coordinator, focal_point).get(NOTE))
    coordinator = personas.person("second@example.org", "coordinator")

    save(personas.sign_in(as_coordinator, coordinator), 2)

    assert "Second." in theirs
    assert "Left out" in theirs
    assert "Second." not in others
    assert shown_texts(point) == ["First.", "Second.", "Third."]
    assert SectionEdit.objects.latest("version").blocks == []


def test_paragraph_of_the_coordinators_is_edited_moved_and_removed(as_coordinator, point):
    save(as_coordinator, "new", text="Ours.")
    save(as_coordinator, "own-1", text="Ours, better.")
    for place in (4, 3):
        as_coordinator.post(f"{UPDATES}own-1/", {"do": "up", "place": place})
    moved = shown_texts(point)

    answer = save(as_coordinator, "own-1", do="leave_out")

    assert moved == ["First.", "Ours, better.", "Second.", "Third."]
    assert answer["Location"] == f"{NOTE}?at=action-point-1-1#action-point-1-1"
    assert shown_texts(point) == ["First.", "Second.", "Third."]
    assert as_coordinator.get(f"{UPDATES}own-1/").status_code == 404


def test_merged_texts_are_one_paragraph_until_the_sources_are_used(as_coordinator, point):
    save(as_coordinator, 2, do="merge")
    save(as_coordinator, 3, do="merge")
    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)

    (entry,) = note.issues[0].points[0].entries
    assert entry.wording == "First.\n\nSecond.\n\nThird."
    assert write_markdown(note).count("/updates/") == 3
    save(as_coordinator, 3, do="source")  # its address still leads to it
    assert shown_texts(point) == ["First.", "Second.", "Third."]
    assert SectionEdit.objects.latest("version").blocks == []


def test_edits_survive_new_updates_which_are_added_at_the_end(as_coordinator, point, focal_point):
    save(as_coordinator, 1, text="Ours.", do="down")

    personas.update(point, focal_point, narrative="Fourth.")

    assert shown_texts(point) == ["Second.", "Ours.", "Third.", "Fourth."]
    page = text(as_coordinator.get(NOTE))
    assert page.count("Edited") == 1
    assert "Source changed" not in page


@pytest.mark.parametrize(("do", "expected"), [("save", "Ours."), ("source", "First, corrected.")])
def test_changed_source_shows_its_words_and_is_settled_either_way(as_coordinator, point, focal_point, do, expected):
    save(as_coordinator, 1, text="Ours.")
    correct(point, 1, "First, corrected.", focal_point)
    html = as_coordinator.get(f"{UPDATES}1/").content.decode()
    page = text(as_coordinator.get(NOTE))

    save(as_coordinator, 1, do=do)

    assert "<del>First.</del><ins>First, corrected.</ins>" in html
    assert "Edited Source changed" in page
    assert shown_texts(point)[0] == expected
    assert "Source changed" not in text(as_coordinator.get(NOTE))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Due in May.", "Due in June.", [("same", "Due in "), ("removed", "May."), ("added", "June.")]),
        ("", "New.", [("added", "New.")]),
        ("Old.", "", [("removed", "Old.")]),
        ("a b", "a b", [("same", "a b")]),
        ("x " * 2001, "y " * 2001, [("removed", "x " * 2001), ("added", "y " * 2001)]),
    ],
)
def test_words_that_changed_are_marked(before, after, expected):
    assert list(changed_words(before, after)) == expected


def test_text_of_a_withdrawn_update_is_hidden_until_coordinators_save_it(as_coordinator, point, focal_point):
    save(as_coordinator, 1, text="Ours.")
    withdraw(point.progress_updates.get(number=1), by=focal_point, reason="Wrong.", now=personas.NOW)
    before, page = shown_texts(point), text(as_coordinator.get(NOTE))

    save(as_coordinator, 1)

    assert before == ["Second.", "Third."]
    assert "Ours. Withdrawn Edited Source changed" in page
    assert shown_texts(point) == ["Ours.", "Second.", "Third."]


def test_two_coordinators_see_both_texts_of_one_paragraph(as_coordinator, point):
    mine = form_at(as_coordinator, f"{UPDATES}1/") | {"text": "Mine."}
    save(as_coordinator, 1, text="Theirs.")

    conflict = as_coordinator.post(f"{UPDATES}1/", mine)
    again = as_coordinator.post(f"{UPDATES}1/", mine | {"version": conflict.context["form"]["version"].value()})

    assert conflict.status_code == 409
    assert "What the note says Theirs. Mine." in text(conflict)
    assert again.status_code == 302
    assert shown_texts(point)[0] == "Mine."
    assert list(SectionEdit.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_coordinators_who_edit_different_paragraphs_do_not_disturb_each_other(as_coordinator, point):
    forms = [form_at(as_coordinator, f"{UPDATES}{key}/") | {"text": f"Edited {key}."} for key in (1, 2)]

    answers = [as_coordinator.post(f"{UPDATES}{key}/", form).status_code for key, form in enumerate(forms, 1)]

    assert answers == [302, 302]
    assert shown_texts(point) == ["Edited 1.", "Edited 2.", "Third."]


def test_source_corrected_while_typing_is_shown_and_nothing_is_lost(as_coordinator, point, focal_point):
    mine = form_at(as_coordinator, f"{UPDATES}1/") | {"text": "Mine."}
    correct(point, 1, "First, corrected.", focal_point)

    answer = as_coordinator.post(f"{UPDATES}1/", mine)

    assert answer.status_code == 409
    assert "The source was changed while you were typing." in text(answer)
    assert "First, corrected." in text(answer)
    assert answer.context["form"]["text"].value() == "Mine."
    assert SectionEdit.objects.count() == 0
    again = {"version": answer.context["form"]["version"].value()}
    assert as_coordinator.post(f"{UPDATES}1/", mine | again).status_code == 302
    assert shown_texts(point)[0] == "Mine."


def test_text_of_a_paragraph_that_somebody_removed_meanwhile_is_kept(as_coordinator, point):
    save(as_coordinator, "new", text="Ours.")
    mine = form_at(as_coordinator, f"{UPDATES}own-1/") | {"text": "Mine."}
    save(as_coordinator, "own-1", do="leave_out")

    answer = as_coordinator.post(f"{UPDATES}own-1/", mine)

    assert answer.status_code == 409
    assert "was removed while you were typing" in text(answer)
    assert _editor(answer).paragraph.address == f"{UPDATES}new/"
    assert answer.context["form"]["text"].value() == "Mine."


@pytest.mark.parametrize(("section", "source"), TEXTS)
def test_every_text_can_be_edited_and_shows_when_its_source_changes(as_coordinator, point, source, section):
    issue, agenda = point.issue, point.issue.agenda
    row = {"introduction": agenda, "rationale": issue, "description": point}[source]
    setattr(row, source, "As agreed.")
    row.save()

    save(as_coordinator, "text", section, text="As edited.")
    edited = text(as_coordinator.get(NOTE))
    setattr(row, source, "As agreed again.")
    row.save()

    assert "As edited." in edited
    assert "As agreed." not in edited
    assert "As edited. Edited Source changed" in text(as_coordinator.get(NOTE))
    assert "<ins>agreed again.</ins>" in as_coordinator.get(f"{section}text/").content.decode()


@pytest.mark.parametrize(("section", "source"), TEXTS)
def test_text_where_there_was_none_is_added_and_follows_what_is_agreed_later(as_coordinator, point, source, section):
    issue, agenda = point.issue, point.issue.agenda
    row = {"introduction": agenda, "rationale": issue, "description": point}[source]
    setattr(row, source, "")
    row.save()
    assert any(address.startswith(f"{section}new/") for address in links(as_coordinator.get(NOTE)))

    save(as_coordinator, "new", section, text="We begin here.")
    setattr(row, source, "Agreed later.")
    row.save()

    shown = text(as_coordinator.get(NOTE))
    assert shown.index("Agreed later.") < shown.index("We begin here.")


def test_editor_says_which_answers_a_change_makes_invalid(as_coordinator, point, focal_point):
    personas.lead(point, focal_point.agency)
    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)
    fingerprint = note.issues[0].points[0].fingerprint
    SignOff.store(
        point, [focal_point.agency], person=focal_point, fingerprint=fingerprint, dissent="", now=personas.NOW
    )
    before = text(as_coordinator.get(f"{UPDATES}1/"))

    save(as_coordinator, 1, text="Ours.")

    assert "UNDP signed this off on 23 November 2026 and is asked again when you change it." in before
    assert "signed this off" not in text(as_coordinator.get(f"{UPDATES}2/"))


def test_editor_lists_who_edited_the_paragraph(as_coordinator, point, admin):
    save(as_coordinator, 1, text="Once.")
    save(as_coordinator, 2, text="Another one.")
    save(personas.sign_in(as_coordinator, admin), 1, text="Twice.")

    page = text(as_coordinator.get(f"{UPDATES}1/")).partition("Who edited it")[2]

    assert page.index("Version 3: Admin") < page.index("Twice.") < page.index("Version 1: Coor") < page.index("Once.")
    assert "Another one." not in page.partition("Once.")[0]
    assert "Who edited it" not in text(as_coordinator.get(f"{UPDATES}3/"))
    assert "Who edited it" not in text(as_coordinator.get(f"{UPDATES}new/"))


def test_stored_edits_are_neither_changed_nor_deleted(as_coordinator, point):
    save(as_coordinator, 1, text="Once.")
    edit = SectionEdit.objects.get()

    with pytest.raises(TypeError):
        edit.save()
    with pytest.raises(TypeError):
        edit.delete()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": "A bell \x07"}, "cannot be stored"),
        ({"text": "x" * 60_001}, "at most 60000"),
        ({"text": ""}, "There is no text."),
        ({"do": "merge"}, "no text above"),
        ({"do": "nonsense"}, "nonsense"),
        ({"place": "1e9"}, "whole number"),
        ({"place": "-1"}, "greater than or equal"),
    ],
)
def test_bad_input_is_refused_and_kept(as_coordinator, point, changes, message):
    answer = save(as_coordinator, 1, **({"text": "Typed."} | changes))

    assert answer.status_code == 400
    assert message in text(answer)
    assert answer.context["form"]["text"].value() == changes.get("text", "Typed.")
    assert SectionEdit.objects.count() == 0


@pytest.mark.parametrize("data", [{}, {"place": "1"}, {"do": "save"}])
def test_form_without_its_text_is_refused(as_coordinator, point, data):
    answer = as_coordinator.post(f"{UPDATES}1/", data)

    assert answer.status_code == 400
    assert "arrived without its texts" in text(answer)


@pytest.mark.parametrize("key", ["4", "own-1", "text", "x"])
def test_paragraph_that_is_not_there_is_not_found(as_coordinator, point, key):
    assert as_coordinator.get(f"{UPDATES}{key}/").status_code == 404


def test_text_of_a_signed_out_coordinator_is_restored_after_signing_in(client, coordinator, point):
    address = f"{UPDATES}1/"
    data = form_at(personas.sign_in(client, coordinator), address) | {"text": "Typed while signed out."}
    client.logout()

    client.post(address, data)
    page = personas.sign_in(client, coordinator).get(address)

    assert page.context["form"]["text"].value() == "Typed while signed out."
    assert SectionEdit.objects.count() == 0


def test_hostile_words_stay_words(as_coordinator, point):
    save(as_coordinator, 1, text="<script>alert(1)</script> [x](javascript:alert(1)) \U0001f600 #eval(1)")

    pages = [as_coordinator.get(address).content.decode() for address in (NOTE, f"{UPDATES}1/")]
    files = [as_coordinator.get(f"/agendas/2026/note.{kind}").status_code for kind in ("md", "docx", "pdf")]

    assert all("<script>alert" not in html and 'href="javascript' not in html for html in pages)
    assert files == [200, 200, 200]


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_a_constant_number_of_queries(as_coordinator, coordinator, django_assert_num_queries, rows):
    for number in range(1, rows + 1):
        point = personas.action_point(personas.issue(number=number))
        personas.lead(point, personas.agency(f"A{number}"))
        for _ in range(rows):
            personas.update(point, coordinator, agency=personas.agency())
        SectionEdit.store(
            point.issue.agenda,
            f"updates:{point.pk}",
            [{"covers": [], "text": "Ours.", "left_out": False}],
            author=coordinator,
            now=personas.NOW,
        )

    with django_assert_num_queries(16):
        as_coordinator.get(NOTE)
    with django_assert_num_queries(22):
        as_coordinator.get(f"{UPDATES}1/")


def test_only_coordinators_find_links_to_edit(as_coordinator, point, focal_point):
    found = links(as_coordinator.get(NOTE))
    others = links(personas.sign_in(as_coordinator, focal_point).get(NOTE))

    edit = {f"{UPDATES}{key}/#updates-{point.pk}-{key}" for key in (1, 2, 3, "new")}
    edit.add(f"{NOTE}1.1/description/text/#description-{point.pk}-text")
    assert edit <= found
    assert edit.isdisjoint(others)


@pytest.mark.parametrize(
    ("former", "now"),
    [
        ("parts/", NOTE),
        ("introduction/", f"{NOTE}#introduction"),
        ("issues/1/", f"{NOTE}?at=issue-1#issue-1"),
        ("1.1/description/", f"{NOTE}?at=action-point-1-1#action-point-1-1"),
        ("1.1/updates/", f"{NOTE}?at=action-point-1-1#action-point-1-1"),
    ],
)
def test_former_pages_of_editing_lead_to_the_note(as_coordinator, point, former, now):
    assert as_coordinator.get(NOTE + former)["Location"] == now


def test_sections_whose_source_changed_are_found(as_coordinator, point, focal_point):
    save(as_coordinator, 1, text="Ours.")
    correct(point, 1, "First, corrected.", focal_point)

    (section,) = NoteBuilder(point.issue.agenda, personas.TODAY, with_people=False).changed_sections()

    assert section.title == "1.1 Action point 1: What came of it"
