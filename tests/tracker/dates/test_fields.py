"""Test partial dates in models and forms."""

from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, models, transaction
from django.forms import modelform_factory
from django.test.utils import isolate_apps
from django.utils import timezone, translation
from hypothesis import given

from actions.models import ActionPoint, Milestone, ProgressUpdate
from tests import personas
from tests.tracker.dates.strategies import LANGUAGES, partial_dates
from tracker.dates.fields import PartialDateEdge, PartialDateField, PartialDateFormField
from tracker.dates.parts import PartialDateError
from tracker.dates.value import PartialDate

SPRING = PartialDate.parse("2006-34")
MilestoneForm = modelform_factory(Milestone, fields=["title", "due", "done_on"])


@pytest.fixture
def milestone(db: None) -> Milestone:
    return personas.milestone(personas.action_point(), due=SPRING)


def stored(milestone: Milestone) -> tuple[Any, ...]:
    """Return the columns as they are stored."""
    return Milestone.objects.filter(pk=milestone.pk).values_list("due", "due_earliest", "due_latest", "done_on").get()


def test_edges_are_stored_with_their_source(milestone):
    assert stored(milestone) == (SPRING, date(2006, 4, 1), date(2006, 6, 30), None)


def test_edtf_text_can_be_assigned_and_is_loaded_as_a_date(milestone):
    milestone.due = "2006-05-16/2006-05-18"

    assert (milestone.due_earliest, milestone.due_latest) == (date(2006, 5, 16), date(2006, 5, 18))
    milestone.save()
    milestone.refresh_from_db()

    assert milestone.due == PartialDate.parse("2006-05-16/2006-05-18")
    assert stored(milestone)[1:3] == (date(2006, 5, 16), date(2006, 5, 18))


def test_edges_cannot_be_assigned(milestone):
    milestone.due_earliest = date(1999, 1, 1)
    milestone.save()

    assert milestone.due_earliest == date(2006, 4, 1)
    assert stored(milestone) == (SPRING, date(2006, 4, 1), date(2006, 6, 30), None)


def test_saving_some_fields_includes_their_edges(milestone):
    milestone.due = PartialDate.parse("2007")
    milestone.save(update_fields=["due", "due_earliest", "due_latest"])

    assert stored(milestone)[:3] == (milestone.due, date(2007, 1, 1), date(2007, 12, 31))


def test_bulk_writes_include_the_edges(milestone):
    Milestone.objects.bulk_create([Milestone(action_point=milestone.action_point, title="Bulk", due="2006-40")])
    bulk = Milestone.objects.get(title="Bulk")
    bulk.due, milestone.due = PartialDate.parse("2008"), PartialDate.parse("2009")
    Milestone.objects.bulk_update([bulk, milestone], ["due", "due_earliest", "due_latest"])

    assert [stored(bulk)[1], stored(milestone)[2]] == [date(2008, 1, 1), date(2009, 12, 31)]


def test_deferred_columns_are_loaded_when_they_are_read(milestone):
    only_title = Milestone.objects.only("title").get()
    without_source = Milestone.objects.defer("due").get()
    without_edges = Milestone.objects.defer("due_earliest", "due_latest").get()

    assert (only_title.due_latest, only_title.due) == (date(2006, 6, 30), SPRING)
    assert (without_source.due_earliest, without_source.due) == (date(2006, 4, 1), SPRING)
    assert without_edges.due_latest == date(2006, 6, 30)


def test_saving_an_instance_with_deferred_columns_updates_the_edges(milestone):
    partly = Milestone.objects.only("title").get()
    partly.due = PartialDate.parse("2010-12-31")
    partly.save()

    assert stored(milestone)[:3] == (partly.due, date(2010, 12, 31), date(2010, 12, 31))


@pytest.mark.parametrize("empty", [None, ""])
def test_missing_date_is_stored_as_null_with_null_edges(db, empty):
    update = personas.update(personas.action_point(), happened=empty)

    columns = ProgressUpdate.objects.filter(pk=update.pk, happened=None)
    assert columns.values_list("happened", "happened_earliest", "happened_latest").get() == (None, None, None)
    assert update.happened_latest is None


@pytest.mark.parametrize("empty", [None, ""])
def test_missing_date_is_refused_if_it_is_required(milestone, empty):
    with pytest.raises(IntegrityError), transaction.atomic():
        personas.milestone(milestone.action_point, title="Whenever", due=empty)


@pytest.mark.parametrize("text", ["2005-13", "0001", "soon", "\x00", "9" * 10_000])
def test_text_that_is_not_edtf_is_refused(milestone, text):
    milestone.due = text

    assert milestone.due_latest is None
    with pytest.raises(PartialDateError), transaction.atomic():
        milestone.save()
    with pytest.raises(ValidationError) as error:
        milestone.full_clean()
    assert list(error.value.message_dict) == ["due"]
    assert stored(milestone)[0] == SPRING


def test_other_types_are_refused(milestone):
    milestone.due = date(2006, 4, 1)

    with pytest.raises(TypeError, match="must be a PartialDate, EDTF text or None"):
        milestone.save()


def test_rows_are_filtered_by_text_and_by_date(milestone):
    def found(**lookup: Any) -> list[Milestone]:
        return list(Milestone.objects.filter(**lookup))

    assert found(due="2006-34") == found(due=SPRING) == found(due__in=["2005", SPRING]) == [milestone]
    assert found(due="2006-33") == found(due=PartialDate.parse("2006-04/2006-06")) == []
    assert found(done_on=None) == found(due_latest__lt=date(2006, 7, 1)) == [milestone]
    with pytest.raises(PartialDateError):
        found(due="2005-13")


def test_rows_are_sorted_by_their_edges(milestone):
    point = milestone.action_point
    for number, due in enumerate(["2006-04-01", "2007", "2006", "2006-04"]):
        personas.milestone(point, title=str(number), due=due)

    texts = [due.text for due in Milestone.objects.in_order().values_list("due", flat=True)]

    assert texts == ["2006", "2006-04-01", "2006-04", "2006-34", "2007"]


def test_history_keeps_each_date(milestone):
    milestone.due = PartialDate.parse("2006-41")
    milestone.save()

    versions = milestone.history.order_by("history_id").values_list("due", "due_latest")
    assert [*versions] == [
        (SPRING, date(2006, 6, 30)),
        (PartialDate.parse("2006-41"), date(2006, 12, 31)),
    ]


def test_dates_of_an_action_point_have_edges(db):
    point = personas.action_point()
    personas.update(point, happened=PartialDate.parse("2006-33"))

    columns = ActionPoint.objects.values_list("last_happened", "last_happened_latest", "last_reported_day").get()
    assert columns == (PartialDate.parse("2006-33"), date(2006, 3, 31), personas.NOW.date())


def test_fixtures_contain_the_text_and_loading_adds_the_edges(milestone):
    dumped = StringIO()
    names = ["people.agency", "issues.agenda", "issues.issue", "actions.actionpoint", "actions.milestone"]
    call_command("dumpdata", *names, natural_foreign=True, natural_primary=True, stdout=dumped)
    Milestone.objects.all().delete()

    (row,) = [row for row in serializers.deserialize("json", dumped.getvalue()) if isinstance(row.object, Milestone)]
    row.save()

    assert '"due": "2006-34"' in dumped.getvalue()
    assert "due_latest" not in dumped.getvalue()
    assert stored(Milestone.objects.get())[:3] == (SPRING, date(2006, 4, 1), date(2006, 6, 30))


def test_fixture_with_an_impossible_date_is_refused(milestone):
    dumped = serializers.serialize("json", [milestone]).replace("2006-34", "2006-13")

    with pytest.raises(serializers.base.DeserializationError, match="There is no month 13"):
        list(serializers.deserialize("json", dumped))


@pytest.mark.parametrize(("source", "edge"), [("gone", "latest"), ("title", "latest"), ("due", "middle")])
@isolate_apps("actions")
def test_check_reports_an_edge_without_a_date(source, edge):
    class Broken(models.Model):  # noqa: DJ008
        title = models.CharField(max_length=10)
        due: Any = PartialDateField()
        due_edge: Any = PartialDateEdge(source=source, edge=edge)

        class Meta:
            app_label = "actions"

    (error,) = Broken.check()

    assert error.id == "tracker.E001"
    assert error.msg == f"{edge!r} of {source!r} is not the edge of a PartialDateField of this model."


def test_check_passes_for_the_models_of_the_tracker():
    assert [error for model in (ActionPoint, Milestone, ProgressUpdate) for error in model.check()] == []


def test_input_says_how_to_write_the_date_and_has_no_date_picker(milestone):
    with translation.override("en"):
        html = str(MilestoneForm(instance=milestone)["due"])
        hint = str(MilestoneForm.base_fields["due"].help_text)

    for attribute in [
        'type="text"',
        'value="2nd quarter of 2006"',
        'data-counter="100"',
        'autocomplete="off"',
    ]:
        assert attribute in html
    assert hint.startswith(f"As precisely as you know: {timezone.localdate().day} ")


def test_form_stores_what_people_type(milestone):
    typed = {"title": "Course", "due": " 16 – 18 May 2006", "done_on": "18.5.2006"}

    MilestoneForm(typed, instance=milestone).save()

    day = PartialDate.parse("2006-05-18")
    assert stored(milestone) == (PartialDate.parse("2006-05-16/2006-05-18"), date(2006, 5, 16), date(2006, 5, 18), day)


@pytest.mark.parametrize(
    ("typed", "text", "earliest", "latest"),
    [
        ("by April/May 2006", "2006-04/2006-05 by", date(2006, 4, 1), date(2006, 5, 31)),
        ("early April 2006", "2006-04 early", date(2006, 4, 1), date(2006, 4, 10)),
        ("fall of 2006", "2006-23", date(2006, 9, 1), date(2006, 11, 30)),
        ("before May 2006", "2006-05 before", date(2006, 4, 1), date(2006, 4, 30)),
        ("circa 1998", "1998~", date(1997, 1, 1), date(1999, 12, 31)),
        (
            "before early May 2006 – early June 2006",
            "2006-05 early/2006-06 early before",
            date(2006, 4, 21),
            date(2006, 4, 30),
        ),
    ],
)
def test_form_stores_vague_dates(milestone, typed, text, earliest, latest):
    MilestoneForm({"title": "Course", "due": typed, "done_on": ""}, instance=milestone).save()

    assert stored(milestone) == (PartialDate.parse(text), earliest, latest, None)


def test_unchanged_form_has_no_changed_data(milestone):
    first = MilestoneForm(instance=milestone)
    sent = {name: first[name].value() or "" for name in first.fields}

    again = MilestoneForm(sent, instance=milestone)

    assert (again.is_valid(), again.has_changed()) == (True, False)


def test_form_refuses_an_impossible_date_and_keeps_what_was_typed(milestone):
    form = MilestoneForm({"title": "Course", "due": "30 February 2006", "done_on": "\ud800"}, instance=milestone)

    assert form.errors["due"] == ["There is no day 30 in February 2006: it has 28 days."]
    assert len(form.errors["done_on"]) == 1
    assert 'value="30 February 2006"' in str(form["due"])


def test_empty_input_is_no_date(milestone):
    form = MilestoneForm({"title": "Course", "due": "", "done_on": "  "}, instance=milestone)

    assert form.errors == {"due": ["Enter a date. Only a recurring milestone can be without one."]}
    assert form.cleaned_data["done_on"] is None


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=partial_dates())
def test_input_shows_text_that_is_parsed_as_the_same_date(language, value):
    field = PartialDateFormField()

    with translation.override(language):
        assert field.clean(field.prepare_value(value)) == value


def test_input_uses_the_time_zone_of_the_person(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 3, 1, 22, 0, tzinfo=UTC))

    with timezone.override("Pacific/Auckland"):
        read = [PartialDateFormField().clean(typed).text for typed in ("today", "Yesterday")]
        hint = str(PartialDateFormField().help_text)
        with pytest.raises(ValidationError) as error:
            PartialDateFormField().clean("some day")

    assert read == ["2026-03-02", "2026-03-01"]
    assert "2 March 2026" in hint
    assert "2 March 2026" in error.value.message


def test_input_shows_edtf_if_the_displayed_text_cannot_be_parsed(monkeypatch):
    monkeypatch.setattr(PartialDate, "display", lambda self: "once upon a time")

    assert PartialDateFormField().prepare_value(SPRING) == "2006-34"
