"""Name the languages of the tracker."""

from django.conf import settings
from django.utils.translation import get_language_info


def own_names() -> list[tuple[str, str]]:
    """Return the code of each language and its name in that language, as choices of a form field."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
