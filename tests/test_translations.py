"""The catalogues of the languages: complete, with the same placeholders, compiled, and of the words that the code has now."""

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import to_locale

ROOT = Path(__file__).resolve().parent.parent
LOCALES = sorted(path.name for path in (ROOT / "locale").iterdir())
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{n\}|</?\w+[^>]*>")


def catalogue(locale: str, root: Path = ROOT) -> Catalog:
    with (root / "locale" / locale / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=locale)


def texts(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [""])


def test_catalogues_are_of_languages_that_people_can_choose():
    assert set(LOCALES) <= {to_locale(code) for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_is_complete(locale):
    found = [message for message in catalogue(locale) if message.id]

    assert [message.id for message in found if message.fuzzy or not all(texts(message.string))] == []
    assert len(found) > 600


@pytest.mark.parametrize("locale", LOCALES)
def test_translations_have_the_same_placeholders(locale):
    wrong = []
    for message in catalogue(locale):
        wanted = [set(PLACEHOLDER.findall(text)) for text in texts(message.id)]
        forms = texts(message.string) if message.id else []
        for text in forms:
            found = set(PLACEHOLDER.findall(text))
            # "one action point" and "two" may be words; the form for any number, the last one, says the number.
            is_word = (
                message.pluralizable and text is not forms[-1] and found < wanted[-1] and len(wanted[-1] - found) == 1
            )
            if found not in wanted and not is_word:
                wrong.append((message.id, text))

    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_is_compiled(locale):
    with (ROOT / "locale" / locale / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    stale = []
    for message in catalogue(locale):
        if message.id and isinstance(message.id, str):
            text = compiled.pgettext(message.context, message.id) if message.context else compiled.gettext(message.id)
            stale += [message.id] if text != message.string else []

    assert stale == []


def test_catalogues_hold_the_words_that_the_code_has_now(tmp_path):
    """`makemessages` on a copy finds no word that the catalogue lacks, and none in it that is not used any more."""
    for name in ("tracker", "issues", "actions", "templates", "locale"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)

    environment = {"PATH": os.defpath, "DJANGO_SETTINGS_MODULE": "tracker.settings", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "django", "makemessages", "--all", "--no-location", "--no-obsolete"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=environment)

    for locale in LOCALES:
        now, then = ({message.id for message in catalogue(locale, root)} for root in (tmp_path, ROOT))
        assert now == then


def test_words_are_marked_as_makemessages_finds_them():
    """It knows these functions by these names, and does not look into f-strings: a text that it misses stays English."""
    wrong = []
    for path in [path for name in ("tracker", "issues", "actions") for path in (ROOT / name).rglob("*.py")]:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                wrong += [
                    f"{path}: {name.name} as {name.asname}" for name in node.names if name.asname not in (None, "_")
                ]
            if isinstance(node, ast.JoinedStr):
                calls = [
                    each.func.id
                    for each in ast.walk(node)
                    if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
                ]
                wrong += [
                    f"{path}: {call} in an f-string"
                    for call in calls
                    if call == "_" or call.endswith(("gettext", "gettext_lazy"))
                ]

    assert wrong == []
