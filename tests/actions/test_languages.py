"""Tests of the language of texts: which one an update gets, and that pages mark it."""

import re

import pytest

from actions.models import ProgressUpdate
from actions.progress import correct
from tests import personas
from tests.action_points.progress_form import filled
from tests.personas import NOW

LOG = "/agendas/2026/1.1/updates/"


@pytest.fixture
def point(focal_point):
    point = personas.action_point(personas.issue(personas.agenda("2026", language="ru")), title="Совместное обучение")
    personas.lead(point, focal_point.agency)
    return point


@pytest.mark.parametrize(
    ("author", "chosen", "expected"),
    [("fr", "", "fr"), ("fr", "ar", "ar"), (None, "", "ru"), (None, "zh-hans", "zh-hans")],
)
def test_update_has_the_chosen_language_else_its_authors_else_that_of_the_agenda(
    point, focal_point, author, chosen, expected
):
    focal_point.language = author or "en"

    update = personas.update(point, focal_point if author else None, language=chosen)

    assert update.language == expected


@pytest.mark.parametrize(("chosen", "expected"), [("", "es"), ("fr", "fr")])
def test_correction_keeps_the_language_unless_another_is_chosen(point, coordinator, chosen, expected):
    update = personas.update(point, language="es")

    assert correct(update, personas.progress(language=chosen), author=coordinator, now=NOW).language == expected


@pytest.mark.parametrize(
    ("sent", "status", "stored"), [({}, 302, ["fr"]), ({"language": "ar"}, 302, ["ar"]), ({"language": "tlh"}, 400, [])]
)
def test_form_offers_the_language_of_the_text(client, point, focal_point, sent, status, stored):
    focal_point.language = "fr"
    focal_point.save()
    personas.sign_in(client, focal_point)

    page = client.get(LOG).text
    response = client.post(LOG, filled(focal_point, **sent))

    assert '<option value="fr" selected>français</option>' in page
    assert response.status_code == status
    assert [update.language for update in ProgressUpdate.objects.all()] == stored


def test_pages_mark_the_language_of_texts(client, point, focal_point):
    personas.update(point, focal_point, narrative="بدأ التدريب.", language="ar")
    personas.sign_in(client, focal_point)

    page = client.get("/agendas/2026/1.1/").text
    inbox = client.get("/my/").text

    assert re.search(r'<h1 lang="ru">Совместное', page)
    assert re.search(r'<div class="narrative" lang="ar" dir="auto"><p>بدأ', page)
    assert re.search(r'lang="ru">Совместное', inbox)
    assert re.search(r'<bdi lang="ar">بدأ', inbox)
