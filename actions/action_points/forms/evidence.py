"""A form field for links: one on each line, optionally with a title after the address."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from tracker.text import validate_line

LINKS_LIMIT = 20
URL_LIMIT = 1000
TITLE_LIMIT = 200

Link = tuple[str, str]
_BARE = re.compile(r"[^\s/:@?#.][^\s/:@?#]*\.([^\s/:@?#.]+)(:[0-9]+)?([/?#].*)?")
_FILES = {
    "csv",
    "doc",
    "docx",
    "htm",
    "html",
    "jpeg",
    "jpg",
    "odt",
    "pdf",
    "png",
    "ppt",
    "pptx",
    "txt",
    "xls",
    "xlsx",
    "zip",
}
"""File extensions. A name that ends with one is a file, not a server."""
_validate_url = URLValidator(schemes=["http", "https"])


class LinksField(forms.CharField):
    """Clean lines of text to a list of pairs (address, title). Add a missing https://. Errors name the line number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "dir": "ltr"}), **kwargs)

    def prepare_value(self, value: str | Iterable[Link] | None) -> str:
        if value is None or isinstance(value, str):
            return value or ""
        return "\n".join(f"{url} {title}".strip() for url, title in value)

    def clean(self, value: str | None) -> list[Link]:
        lines = [(number, line.split(None, 1)) for number, line in enumerate((super().clean(value)).splitlines(), 1)]
        lines = [(number, parts) for number, parts in lines if parts]
        if len(lines) > LINKS_LIMIT:
            raise ValidationError(
                _("There are %(count)s links; at most %(limit)s fit one update."),
                params={"count": len(lines), "limit": LINKS_LIMIT},
            )
        links: dict[str, str] = {}
        errors = []
        for number, (url, *rest) in lines:
            url = _with_scheme(url)
            title = rest[0].strip() if rest else ""
            try:
                _check(url, title)
            except ValidationError as error:
                errors.append(_("Line %(number)s: %(error)s") % {"number": number, "error": " ".join(error.messages)})
            links.setdefault(url, title)
        if errors:
            raise ValidationError(errors)
        return list(links.items())


def _with_scheme(url: str) -> str:
    """Return the address, with https:// before it if it begins with the name of a server."""
    bare = _BARE.fullmatch(url)
    return f"https://{url}" if bare and (bare[3] or bare[1].lower() not in _FILES) else url


def _check(url: str, title: str) -> None:
    try:
        _validate_url(url)
    except ValidationError:
        raise ValidationError(
            _("this is not a web address. Begin with https://, for example https://www.example.org/report.")
        ) from None
    if len(url) > URL_LIMIT:
        raise ValidationError(_("the address is longer than %(limit)s characters."), params={"limit": URL_LIMIT})
    if len(title) > TITLE_LIMIT:
        raise ValidationError(_("the title is longer than %(limit)s characters."), params={"limit": TITLE_LIMIT})
    validate_line(url)
    validate_line(title)
