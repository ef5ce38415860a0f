"""Coordinators edit the note: what the pages show, what is stored, who may, and what happens when sources change."""

import pytest
from django.urls import reverse

from actions import progress
from actions.note.builder import build_note
from actions.note.export.markdown import write_markdown
from actions.note.models import SectionEdit
from actions.progress import withdraw
from tests import personas
from tests.actions.pages import links, text

UPDATES = "/agendas/2026/note/1.1/updates/"


@pytest.fixture
def point(db, focal_point):
    """With three updates: First, Second, Third."""
    point = personas.action_point(description="Agreed so.")
    for narrative in ("First.", "Second.", "Third."):
        personas.update(point, focal_point, agency=focal_point.agency, narrative=narrative)
    return point


def typed(client, address, **changes):
    """What a browser would send of the form at `address`, with changes by `number_field` (`_1_text`)."""
    form = client.get(address).context["form"]
    data = {"version": form.version_read, "count": form.count}
    for block in form.forms:
        for field in block:
            data[field.html_name] = "" if field.value() is None else field.value()
    for name, value in changes.items():
        data[f"block-{name[1:].replace('_', '-')}" if name.startswith("_") else name] = value
    return data


def save(client, address, **changes):
    return client.post(address, typed(client, address, **changes))


def shown_texts(point):
    """The texts of the note below the action point, in its order."""
    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)
    entries = note.issues[0].points[0].entries
    return [entry.wording if entry.wording is not None else entry.items[0].narrative for entry in entries]


def correct(point, number, narrative, by):
    update = point.progress_updates.newest_versions().get(number=number)
    progress.correct(update, personas.progress(narrative=narrative), author=by, now=personas.NOW)


def test_saving_nothing_stores_nothing(as_coordinator, point):
    answer = save(as_coordinator, UPDATES)

    assert answer.status_code == 302
    assert answer["Location"] == "/agendas/2026/note/?at=action-point-1-1#action-point-1-1"
    assert SectionEdit.objects.count() == 0


def test_coordinator_edits_reorders_leaves_out_and_adds(as_coordinator, point):
    save(
        as_coordinator,
        UPDATES,
        _1_text="Edited **first**.",
        _1_place=9,
        _2_fate="leave_out",
        _4_text="A paragraph of our own.",
        _4_place=1,
    )

    assert shown_texts(point) == ["A paragraph of our own.", "Third.", "Edited **first**."]
    page = text(as_coordinator.get("/agendas/2026/note/"))
    assert "Second." not in page
    assert page.index("A paragraph of our own.") < page.index("Third.") < page.index("Edited first .")


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({"_3_place": 1}, ["Third.", "First.", "Second."]),
        ({"_1_place": 3}, ["Second.", "Third.", "First."]),
        ({"_2_place": 1, "_3_place": 1}, ["Second.", "Third.", "First."]),
        ({"_1_place": 2, "_3_place": 2}, ["Third.", "Second.", "First."]),
        ({"_4_text": "Ours.", "_4_place": 2}, ["First.", "Ours.", "Second.", "Third."]),
    ],
)
def test_texts_of_the_same_place_are_ordered_as_they_were_moved_and_the_page_says_so(
    as_coordinator, point, places, expected
):
    answer = as_coordinator.post(UPDATES, typed(as_coordinator, UPDATES, **places), follow=True)

    assert shown_texts(point) == expected
    assert "Some texts had the same place." in text(answer)


@pytest.mark.parametrize("places", [{"_1_place": 9}, {"_4_place": 1}])
def test_different_places_need_no_message(as_coordinator, point, places):
    answer = as_coordinator.post(UPDATES, typed(as_coordinator, UPDATES, **places), follow=True)

    assert "had the same place" not in text(answer)


def test_coordinator_merges_updates_into_one_text(as_coordinator, point):
    save(as_coordinator, UPDATES, _2_fate="merge", _3_fate="merge")

    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)
    (entry,) = note.issues[0].points[0].entries
    assert entry.wording == "First.\n\nSecond.\n\nThird."
    assert [item.number for item in entry.items] == [1, 2, 3]
    assert write_markdown(note).count("/updates/") == 3


def test_merged_texts_are_separated_again_as_they_were_reported(as_coordinator, point):
    save(as_coordinator, UPDATES, _2_fate="merge", _3_fate="merge")

    save(as_coordinator, UPDATES, _1_fate="source")

    assert shown_texts(point) == ["First.", "Second.", "Third."]
    assert [version.blocks for version in SectionEdit.objects.order_by("version")][1] == []


def test_edits_survive_new_updates_which_are_added_at_the_end(as_coordinator, point, focal_point):
    save(as_coordinator, UPDATES, _1_text="Ours.", _1_place=9)

    personas.update(point, focal_point, narrative="Fourth.")

    assert shown_texts(point) == ["Second.", "Third.", "Ours.", "Fourth."]
    assert "Source changed" not in text(as_coordinator.get("/agendas/2026/note/parts/"))


def test_changed_source_shows_old_and_new_text_and_the_edit(as_coordinator, point, focal_point):
    save(as_coordinator, UPDATES, _1_text="Ours.")

    correct(point, 1, "First, corrected.", focal_point)

    assert shown_texts(point)[0] == "Ours."
    page = text(as_coordinator.get(UPDATES))
    assert "Was First. Is now First, corrected. Keep mine 1 Take the new 1" in page
    assert "Ours." in page
    assert text(as_coordinator.get("/agendas/2026/note/parts/")).count("Source changed") == 1


@pytest.mark.parametrize(("choice", "expected"), [("keep", "Ours."), ("take", "First, corrected.")])
def test_changed_source_is_settled_either_way(as_coordinator, point, focal_point, choice, expected):
    save(as_coordinator, UPDATES, _1_text="Ours.")
    correct(point, 1, "First, corrected.", focal_point)

    answer = save(as_coordinator, UPDATES, **{choice: 1, "_2_text": "Typed besides."})

    assert answer["Location"] == UPDATES
    assert shown_texts(point) == [expected, "Typed besides.", "Third."]
    assert "Source changed since you edited it" not in text(as_coordinator.get(UPDATES))


def test_text_of_a_withdrawn_update_is_hidden_until_coordinators_keep_it(as_coordinator, point, focal_point):
    save(as_coordinator, UPDATES, _1_text="Ours.")
    withdraw(point.progress_updates.get(number=1), by=focal_point, reason="Wrong.", now=personas.NOW)
    before = shown_texts(point)

    page = text(as_coordinator.get(UPDATES))
    save(as_coordinator, UPDATES, keep=1)

    assert before == ["Second.", "Third."]
    assert "Is now Withdrawn" in page
    assert shown_texts(point) == ["Ours.", "Second.", "Third."]


def test_left_out_update_that_is_corrected_stays_out_and_shows(as_coordinator, point, focal_point):
    save(as_coordinator, UPDATES, _1_fate="leave_out")

    correct(point, 1, "First, corrected.", focal_point)

    assert shown_texts(point) == ["Second.", "Third."]
    assert "Source changed since you edited it" in text(as_coordinator.get(UPDATES))


def test_two_coordinators_see_both_texts(as_coordinator, point):
    mine = typed(as_coordinator, UPDATES, _1_text="Mine.")
    save(as_coordinator, UPDATES, _1_text="Theirs.")

    conflict = as_coordinator.post(UPDATES, mine)
    again = as_coordinator.post(UPDATES, mine | {"version": conflict.context["form"].version_read})

    assert conflict.status_code == 409
    assert "1 Theirs. Mine." in text(conflict)
    assert again.status_code == 302
    assert shown_texts(point)[0] == "Mine."
    assert list(SectionEdit.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_source_corrected_while_typing_is_shown_and_nothing_is_lost(as_coordinator, point, focal_point):
    mine = typed(as_coordinator, UPDATES, _1_text="Mine.")
    correct(point, 1, "First, corrected.", focal_point)

    answer = as_coordinator.post(UPDATES, mine)

    assert answer.status_code == 400
    assert "was changed while you were typing" in text(answer)
    assert "First, corrected." in text(answer)
    assert "Mine." in text(answer)
    assert SectionEdit.objects.count() == 0
    again = {"block-1-covers": answer.context["form"].forms[0]["covers"].value()}
    assert as_coordinator.post(UPDATES, mine | again).status_code == 302
    assert shown_texts(point)[0] == "Mine."


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("/agendas/2026/note/introduction/", "introduction"),
        ("/agendas/2026/note/issues/1/", "rationale"),
        ("/agendas/2026/note/1.1/description/", "description"),
    ],
)
def test_every_text_can_be_edited_and_shows_when_its_source_changes(as_coordinator, point, source, address):
    issue, agenda = point.issue, point.issue.agenda
    row = {"introduction": agenda, "rationale": issue, "description": point}[source]
    setattr(row, source, "As agreed.")
    row.save()

    save(as_coordinator, address, _1_text="As edited.", _2_text="And more.")
    edited = text(as_coordinator.get("/agendas/2026/note/"))
    setattr(row, source, "As agreed again.")
    row.save()

    assert "As edited. And more." in edited
    assert "As agreed." not in edited
    assert "Was As agreed. Is now As agreed again." in text(as_coordinator.get(address))
    assert "As edited. And more." in text(as_coordinator.get("/agendas/2026/note/"))


def test_text_where_there_was_none_is_added(as_coordinator, point):
    save(as_coordinator, "/agendas/2026/note/introduction/", _1_text="We begin here.")

    assert "We begin here." in text(as_coordinator.get("/agendas/2026/note/"))
    point.issue.agenda.introduction = "Agreed later."
    point.issue.agenda.save()
    assert "Agreed later. We begin here." in text(as_coordinator.get("/agendas/2026/note/"))


def test_versions_say_who_edited_what(as_coordinator, point, admin):
    save(as_coordinator, UPDATES, _1_text="Once.")
    save(personas.sign_in(as_coordinator, admin), UPDATES, _1_text="Twice.")

    page = text(as_coordinator.get(UPDATES))

    assert (
        page.index("Version 2: Admin") < page.index("Twice.", page.index("Version 2")) < page.index("Version 1: Coor")
    )
    assert "Once." in page[page.index("Version 1") :]


def test_stored_edits_are_neither_changed_nor_deleted(as_coordinator, point):
    save(as_coordinator, UPDATES, _1_text="Once.")
    edit = SectionEdit.objects.get()

    with pytest.raises(TypeError):
        edit.save()
    with pytest.raises(TypeError):
        edit.delete()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"_1_text": "A bell \x07"}, "cannot be stored"),
        ({"_1_text": "x" * 60_001}, "at most 60000"),
        ({"_1_text": ""}, "There is no text."),
        ({"_1_fate": "merge"}, "no text above"),
        ({"_1_fate": "nonsense"}, "nonsense"),
        ({"_4_text": "Own.", "_4_fate": "source"}, "is not one of the choices"),
        ({"_1_place": "1e9"}, "whole number"),
        ({"_1_place": "0"}, "greater than or equal"),
        ({"_1_covers": "999:abc"}, "no longer there"),
        ({"_1_covers": "2:abc"}, "changed while you were typing"),
        ({"count": "x"}, "without its texts"),
        ({"count": "10000000000"}, "without its texts"),
    ],
)
def test_bad_input_is_refused_and_kept(as_coordinator, point, changes, message):
    answer = save(as_coordinator, UPDATES, **({"_2_text": "Typed."} | changes))

    assert answer.status_code == 400
    assert message in text(answer)
    assert changes.get("count") or "Typed." in text(answer)
    assert SectionEdit.objects.count() == 0


def test_the_same_update_twice_is_refused(as_coordinator, point):
    data = typed(as_coordinator, UPDATES)

    answer = as_coordinator.post(UPDATES, data | {"block-2-covers": data["block-1-covers"]})

    assert answer.status_code == 400
    assert "the same thing" in text(answer)


def test_text_of_a_signed_out_coordinator_is_restored_after_signing_in(client, coordinator, point):
    data = typed(personas.sign_in(client, coordinator), UPDATES, _1_text="Typed while signed out.")
    client.logout()

    client.post(UPDATES, data)
    page = text(personas.sign_in(client, coordinator).get(UPDATES))

    assert "Typed while signed out." in page
    assert SectionEdit.objects.count() == 0


def test_hostile_words_stay_words(as_coordinator, point):
    save(as_coordinator, UPDATES, _1_text="<script>alert(1)</script> [x](javascript:alert(1)) \U0001f600 #eval(1)")

    html = as_coordinator.get("/agendas/2026/note/").content.decode()
    files = [as_coordinator.get(f"/agendas/2026/note.{kind}").status_code for kind in ("md", "docx", "pdf")]

    assert "<script>alert" not in html
    assert 'href="javascript' not in html
    assert files == [200, 200, 200]


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_a_constant_number_of_queries(as_coordinator, coordinator, django_assert_num_queries, rows):
    for number in range(1, rows + 1):
        point = personas.action_point(personas.issue(number=number))
        for _ in range(rows):
            personas.update(point, coordinator, agency=personas.agency())
        SectionEdit.store(
            point.issue.agenda,
            f"updates:{point.pk}",
            [{"covers": [], "text": "Ours.", "left_out": False}],
            author=coordinator,
            now=personas.NOW,
        )

    with django_assert_num_queries(12):
        as_coordinator.get(reverse("note_editing", args=["2026"]))
    with django_assert_num_queries(9):
        as_coordinator.get(UPDATES)


def test_page_links_to_each_section_for_coordinators(as_coordinator, point, focal_point):
    leads = links(as_coordinator.get("/agendas/2026/note/"))
    others = links(personas.sign_in(as_coordinator, focal_point).get("/agendas/2026/note/"))

    own = {f"/agendas/2026/note/{section}/" for section in ("parts", "issues/1", "1.1/updates", "1.1/description")}
    assert own <= leads
    assert own.isdisjoint(others)
