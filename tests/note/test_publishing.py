"""Published versions: unchanged once published, compared, for those who may read them."""

import hashlib
import json
import time
from dataclasses import replace
from datetime import date

import pytest
from django.utils import timezone

from actions.models import ProgressUpdate
from actions.note.builder import build_note
from actions.note.comparison import compare
from actions.note.export.markdown import write_markdown
from actions.note.models import NoteVersion, SectionEdit, SignOff
from actions.note.serialization import from_json, to_json
from actions.progress import correct
from issues.models import Agenda
from tests import personas
from tests.actions.pages import text

PUBLISH = "/agendas/2026/note/publication/"
LIST = "/agendas/2026/note/versions/"


@pytest.fixture
def point(db, focal_point):
    point = personas.action_point(personas.issue(personas.agenda("2026", introduction="Before all.")))
    personas.lead(point, focal_point.agency)
    personas.update(point, focal_point, agency=focal_point.agency, narrative="First came.")
    return point


def publish(client, **data):
    """Without sign-offs where need be."""
    seen = client.get(PUBLISH).context["form"]["version"].value()
    return client.post(PUBLISH, {"version": seen, "audience": "network", "unsigned_too": "on"} | data)


def sign(point, person):
    note = build_note(point.issue.agenda, timezone.localdate(), with_people=True)
    SignOff.store(
        point,
        [person.agency],
        person=person,
        fingerprint=note.issues[0].points[0].fingerprint,
        dissent="",
        now=personas.NOW,
    )


def test_coordinator_publishes_what_the_note_says(as_coordinator, point, coordinator):
    answer = publish(as_coordinator, remark="For the meeting.")

    version = NoteVersion.objects.get()
    page = text(as_coordinator.get("/agendas/2026/note/versions/1/"))
    assert answer["Location"] == "/agendas/2026/note/versions/1/"
    assert version.sha256 == hashlib.sha256(version.content.encode()).hexdigest()
    assert version.published_by == coordinator
    assert "First came." in page
    assert "Version 1." in page
    assert "For the meeting." in page
    assert version.sha256 in page


def test_content_is_canonical_json_with_the_hash_that_the_page_names(as_coordinator, point):
    publish(as_coordinator)

    answer = as_coordinator.get("/agendas/2026/note/versions/1.json")

    content = json.loads(answer.content)
    again = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    assert hashlib.sha256(again).hexdigest() == NoteVersion.objects.get().sha256
    assert content["version"] == 1


def test_version_stays_when_the_draft_goes_on(as_coordinator, point, focal_point):
    publish(as_coordinator)
    before = as_coordinator.get("/agendas/2026/note/versions/1.md").content

    personas.update(point, focal_point, narrative="Second came.")
    type(point).objects.update(title="Renamed")
    Agenda.objects.update(introduction="Other.")

    assert as_coordinator.get("/agendas/2026/note/versions/1.md").content == before
    assert "Second came." in text(as_coordinator.get("/agendas/2026/note/"))


def test_stored_version_can_only_be_opened(as_coordinator, point):
    publish(as_coordinator)
    version = NoteVersion.objects.get()

    with pytest.raises(TypeError):
        version.save()
    with pytest.raises(TypeError):
        version.delete()
    as_coordinator.post("/agendas/2026/note/versions/1/audience/", {"audience": "everybody", "unsigned_too": "on"})
    assert NoteVersion.objects.get().audience == "everybody"
    assert as_coordinator.post("/agendas/2026/note/versions/1/audience/", {"audience": "x"}).status_code == 400


def test_note_changed_since_it_was_looked_at_is_not_published(as_coordinator, point, focal_point):
    seen = as_coordinator.get(PUBLISH).context["form"]["version"].value()
    personas.update(point, focal_point, narrative="Meanwhile.")

    answer = as_coordinator.post(PUBLISH, {"version": seen, "audience": "network", "remark": "Typed."})

    assert answer.status_code == 409
    assert 'value="Typed."' in answer.content.decode()
    assert NoteVersion.objects.count() == 0


def test_publishing_twice_by_one_form_publishes_once(as_coordinator, point):
    data = {"version": as_coordinator.get(PUBLISH).context["form"]["version"].value(), "audience": "network"}

    answers = [as_coordinator.post(PUBLISH, data).status_code for _ in range(2)]

    assert answers == [302, 409]
    assert NoteVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"audience": ""}, "This is needed"),
        ({"audience": "martians"}, "martians"),
        ({"remark": "x" * 301}, "at most 300"),
        ({"remark": "bell \x07"}, "cannot be stored"),
    ],
)
def test_bad_input_is_refused(as_coordinator, point, data, message):
    answer = publish(as_coordinator, **data)

    assert answer.status_code == 400
    assert message in text(answer)
    assert NoteVersion.objects.count() == 0


def test_page_says_what_is_still_open(as_coordinator, point, coordinator):
    covers = [["1", "earlier", "Was."]]
    blocks = [{"covers": covers, "text": "Ours.", "left_out": False}]
    SectionEdit.store(point.issue.agenda, f"updates:{point.pk}", blocks, author=coordinator, now=personas.NOW)

    page = text(as_coordinator.get(PUBLISH))

    assert "Edited sections whose source has changed 1.1 Action point 1" in page
    assert "1 action point waits for an agency." in page
    assert "UNDP : 1.1" in page


def test_page_says_that_nothing_has_changed_since_the_last_version(as_coordinator, point):
    first = text(as_coordinator.get(PUBLISH))
    publish(as_coordinator)
    unchanged = text(as_coordinator.get(PUBLISH))
    Agenda.objects.update(introduction="Other.")
    changed = text(as_coordinator.get(PUBLISH))

    assert ["Nothing in the note has changed since then" in page for page in (first, unchanged, changed)] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(("signed", "expected"), [(False, "network"), (True, "everybody")])
def test_note_is_kept_to_the_network_until_all_have_signed(as_coordinator, point, focal_point, signed, expected):
    Agenda.objects.update(visible_to="everybody")
    if signed:
        sign(point, focal_point)

    form = as_coordinator.get(PUBLISH).context["form"]

    assert form["audience"].value() == expected
    assert ("unsigned_too" in form.fields) is not signed


def test_note_without_sign_offs_is_published_to_everybody_only_if_confirmed(as_coordinator, point):
    refused = publish(as_coordinator, audience="everybody", unsigned_too="", remark="Typed.")
    published = NoteVersion.objects.count()
    publish(as_coordinator, audience="everybody")

    assert (refused.status_code, published) == (400, 0)
    assert "Not all agencies have signed off" in text(refused)
    assert 'value="Typed."' in refused.content.decode()
    assert NoteVersion.objects.get().audience == "everybody"


def test_signed_note_goes_to_everybody_without_more(as_coordinator, point, focal_point):
    sign(point, focal_point)

    publish(as_coordinator, audience="everybody", unsigned_too="")

    assert NoteVersion.objects.get().audience == "everybody"


def test_version_without_sign_offs_is_opened_to_everybody_only_if_confirmed(as_coordinator, point):
    publish(as_coordinator)
    page, where = "/agendas/2026/note/versions/1/", "/agendas/2026/note/versions/1/audience/"
    assert "Not signed off by all 1 action point waits for an agency." in text(as_coordinator.get(page))

    refused = as_coordinator.post(where, {"audience": "everybody"})

    assert refused.status_code == 400
    assert "Not all agencies have signed off" in text(refused)
    assert "Nothing was changed." in text(refused)
    assert refused.context["audience_form"]["audience"].value() == "everybody"
    assert NoteVersion.objects.get().audience == "network"
    as_coordinator.post(where, {"audience": "everybody", "unsigned_too": "on"})
    assert NoteVersion.objects.get().audience == "everybody"
    assert "Not signed off by all" not in text(as_coordinator.get(page))


def test_version_is_judged_by_what_it_says_not_by_what_the_note_says_now(as_coordinator, point, focal_point):
    sign(point, focal_point)
    publish(as_coordinator)
    personas.update(point, focal_point, narrative="Later, and signed off by nobody.")
    assert "Not signed off by all" not in text(as_coordinator.get("/agendas/2026/note/versions/1/"))

    sign(point, focal_point)  # the later one, which the first stays signed beside
    as_coordinator.post("/agendas/2026/note/versions/1/audience/", {"audience": "everybody"})

    assert NoteVersion.objects.get().audience == "everybody"


def _led_by_nobody(point):
    personas.set_leads(point)
    personas.set_persons(point)


def _renumbered(point):
    type(point).objects.filter(pk=point.pk).update(number=5)


@pytest.mark.parametrize("later", [_led_by_nobody, _renumbered])
def test_version_is_judged_by_whom_it_names_not_by_who_answers_now(as_coordinator, point, later):
    publish(as_coordinator)
    later(point)

    assert "UNDP : 1.1" in text(as_coordinator.get("/agendas/2026/note/versions/1/"))
    answer = as_coordinator.post("/agendas/2026/note/versions/1/audience/", {"audience": "everybody"})

    assert (answer.status_code, NoteVersion.objects.get().audience) == (400, "network")


def test_only_coordinators_see_what_waits_for_agencies(client, as_coordinator, point, focal_point):
    publish(as_coordinator)

    assert "Not signed off by all" not in text(
        personas.sign_in(client, focal_point).get("/agendas/2026/note/versions/1/")
    )


def test_visitors_read_versions_for_everybody_without_people(client, as_coordinator, point, focal_point):
    publish(as_coordinator, audience="everybody")
    publish(as_coordinator)
    kept = as_coordinator.get("/agendas/2026/note/versions/1/").content.decode()
    client.logout()

    pages = [client.get(f"/agendas/2026/note/versions/1{end}") for end in ("/", ".md", ".docx", ".pdf")]
    others = [client.get(f"/agendas/2026/note/versions/2{end}") for end in ("/", ".md", ".docx", ".pdf")]

    assert [page.status_code for page in pages] == [200] * 4
    assert [page.status_code for page in others] == [302] * 4
    assert focal_point.email in kept
    assert focal_point.email not in pages[0].content.decode() + pages[1].content.decode()
    assert text(client.get(LIST)).count("as of") == 1
    assert client.get("/agendas/2026/note/versions/1.json").status_code == 302
    assert client.get("/agendas/2026/note/versions/1/changes/").status_code == 302
    assert client.get("/agendas/2026/note/").status_code == 302


def test_versions_of_a_draft_agenda_are_for_coordinators(client, as_coordinator, point, focal_point):
    publish(as_coordinator, audience="everybody")
    Agenda.objects.update(state="draft")

    assert as_coordinator.get(LIST).status_code == 200
    assert personas.sign_in(client, focal_point).get("/agendas/2026/note/versions/1/").status_code == 404
    client.logout()
    assert client.get("/agendas/2026/note/versions/1/").status_code == 302


def test_note_of_the_baseline_is_read_back_as_it_was_stored(baseline, focal_point):
    note = build_note(baseline, date(2006, 4, 20), with_people=True)
    hidden = build_note(baseline, date(2006, 4, 20), with_people=False)

    content = to_json(note)

    assert from_json(content, with_people=True) == note
    assert write_markdown(from_json(content, with_people=False)) == write_markdown(hidden)
    assert to_json(from_json(content, with_people=True)) == content


def test_hostile_note_is_read_back_as_it_was_stored(hostile_agenda, coordinator):
    point = hostile_agenda.issues.get().action_points.first()
    SignOff.store(
        point, [personas.agency()], person=coordinator, fingerprint="x", dissent="\U0001f600 <b>", now=personas.NOW
    )
    note = build_note(hostile_agenda, personas.TODAY, with_people=True)

    assert from_json(to_json(note), with_people=True) == note


def test_left_out_updates_are_not_in_the_content(as_coordinator, point, coordinator):
    blocks = [{"covers": [["1", "x", "First came."]], "text": None, "left_out": True}]
    SectionEdit.store(point.issue.agenda, f"updates:{point.pk}", blocks, author=coordinator, now=personas.NOW)

    publish(as_coordinator)

    assert "First came." not in NoteVersion.objects.get().content
    assert "Nothing has been reported." not in text(as_coordinator.get("/agendas/2026/note/versions/1/"))


def test_changes_are_shown_side_by_side_word_by_word(as_coordinator, point, focal_point):
    publish(as_coordinator)
    correct(
        point.progress_updates.get(),
        personas.progress(narrative="First came late."),
        author=focal_point,
        now=personas.NOW,
    )
    personas.update(point, focal_point, narrative="<b>Second</b> came.")
    publish(as_coordinator)

    page = as_coordinator.get("/agendas/2026/note/versions/1/changes/?to=2")

    html = page.content.decode()
    assert "<td>First <del>came.</del></td>" in html
    assert "<td>First <ins>came late.</ins></td>" in html
    assert "<ins>&lt;b&gt;Second&lt;/b&gt; came.</ins>" in html
    assert "From version 1 to version 2. 2 sections are the same in both." in text(page)
    assert "What changed since version 1" in text(as_coordinator.get(LIST))


def test_changes_up_to_the_draft(as_coordinator, point):
    publish(as_coordinator)
    same = text(as_coordinator.get("/agendas/2026/note/versions/1/changes/"))

    Agenda.objects.update(introduction="Before everything.")
    differs = text(as_coordinator.get("/agendas/2026/note/versions/1/changes/"))

    assert "Both say the same." in same
    assert "Before all." in differs
    assert "Before everything." in differs


def test_changes_show_what_was_added_and_removed(baseline):
    before = build_note(baseline, date(2006, 4, 20), with_people=True)
    after = replace(before, issues=before.issues[1:])

    found = compare(before, after)

    assert [section.heading for section in found.sections] == [
        before.issues[0].heading,
        *(point.heading for point in before.issues[0].points),
    ]
    assert all(paragraph.after == () for section in found.sections for paragraph in section.paragraphs)
    assert compare(before, before) == type(found)((), found.same + len(found.sections))


def test_changes_of_endless_texts_are_found_in_time(point, focal_point):
    agenda = point.issue.agenda
    old = replace(build_note(agenda, personas.TODAY, with_people=True), introduction=" ".join(map(str, range(3500))))
    new = replace(old, introduction=" ".join(map(str, range(3500, 0, -1))))

    (section,) = compare(old, new).sections

    assert [len(paragraph.before) for paragraph in section.paragraphs] == [1]


@pytest.mark.one_database  # how long it takes does not depend on the database
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- a\n" * 4500, "- a\n" * 5000),
        ("- a\n" * 5000, "- b\n" * 5000),
        ("- a\n- b\n" * 2500, "- b\n- a\n" * 2500),
        ("- a\n" * 2500 + "- b\n" * 2500, "- a\n" * 2400 + "- c\n" * 2500),
    ],
)
def test_changes_of_texts_of_many_paragraphs_are_found_in_time(point, old, new):
    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)
    before, after = replace(note, introduction=old * 2), replace(note, introduction=new * 2)

    begun = time.process_time()
    (section,) = compare(before, after).sections

    assert time.process_time() - begun < 20  # it takes two on a slow machine
    assert section.paragraphs


def test_paragraphs_that_are_the_same_at_both_ends_are_not_shown(point):
    note = build_note(point.issue.agenda, personas.TODAY, with_people=True)
    before, after = replace(note, introduction="a\n\nb\n\na"), replace(note, introduction="a\n\nb\n\na\n\na")

    (section,) = compare(before, after).sections

    assert [(paragraph.before, paragraph.after) for paragraph in section.paragraphs] == [((), ((True, "a"),))]


@pytest.mark.parametrize(
    "query", ["?to=99", "?to=x", "?to=1e9", "?to=-1", "?to=99999999999999999999", "?from=1", "?to=\u0661"]
)
def test_faulty_comparisons_are_refused(as_coordinator, point, query):
    publish(as_coordinator)

    assert as_coordinator.get(f"/agendas/2026/note/versions/1/changes/{query}").status_code in {400, 404}


def test_unknown_versions_are_not_found(as_coordinator, point):
    answers = [
        as_coordinator.get(f"/agendas/2026/note/versions/{number}").status_code
        for number in ("1/", "999999/", "0/", "1.md", "1.json", "1/changes/")
    ]

    assert set(answers) == {404}


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_cost_a_constant_number_of_queries(as_coordinator, point, django_assert_num_queries, rows):
    for _ in range(rows):
        publish(as_coordinator)
    assert ProgressUpdate.objects.count() == 1

    with django_assert_num_queries(5):
        as_coordinator.get(LIST)
    with django_assert_num_queries(7):  # with what is still to be signed off
        as_coordinator.get("/agendas/2026/note/versions/1/")
    NoteVersion._base_manager.update(audience="everybody")
    with django_assert_num_queries(4):
        as_coordinator.get("/agendas/2026/note/versions/1/")
