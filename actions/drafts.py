"""Save drafts of progress updates."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import ActionPoint, ProgressDraft
from tracker.people.models import User
from tracker.transactions import lock

MAX_DRAFTS = 10
"""Maximum number of drafts of one person on one action point."""
MAX_DRAFTS_OF_PERSON = 100
"""Maximum number of drafts of one person."""
MAX_CHARACTERS = 100_000
"""Maximum length of all that one form holds. What a person fills in is much shorter."""

Typed = dict[str, list[str]]

_TECHNICAL_FIELDS = {"submission", "version", "do"}
"""Hidden fields and buttons: nobody types into them."""
_PREFILLED_FIELDS = {"status", "agency", "language"}
"""Fields that the form or a link may have filled in before the person typed anything."""


class DraftRefusedError(Exception):
    """The draft is too long, or the person has too many already. Nothing was saved; the message is for the person."""


def is_blank(typed: Typed) -> bool:
    """Return whether nobody has typed anything into the form."""
    return not any(
        value.strip()
        for name, values in typed.items()
        if name not in _TECHNICAL_FIELDS | _PREFILLED_FIELDS
        for value in values
    )


@transaction.atomic
def save_draft(
    action_point: ActionPoint, author: User, typed: Typed, submission: uuid.UUID | None = None
) -> ProgressDraft:
    """Save the values typed into the form with the id `submission`, and return the draft.

    The values replace the draft that the form continues. If the form continues no draft, or another tab saved that draft since, a new
    draft is added. If a draft with the same values exists, it is returned. Raises DraftRefusedError.
    """
    lock(ActionPoint.objects.filter(pk=action_point.pk))
    typed = {name: values for name, values in typed.items() if name not in _TECHNICAL_FIELDS}
    if sum(len(value) for values in typed.values() for value in values) > MAX_CHARACTERS:
        raise DraftRefusedError(
            _("Your text is below, but it was not saved as a draft: it has more than %(limit)s characters.")
            % {"limit": MAX_CHARACTERS}
        )
    drafts = list(action_point.drafts.filter(author=author))
    if same := next((draft for draft in drafts if draft.typed == typed), None):
        return same
    draft = next((draft for draft in drafts if draft.submission == submission), None)
    if draft is None:
        _refuse_too_many(len(drafts), author)
        draft = ProgressDraft(action_point=action_point, author=author)
    draft.typed, draft.submission = typed, uuid.uuid4()
    draft.save()
    return draft


def _refuse_too_many(here: int, author: User) -> None:
    """Raise DraftRefusedError if the person has as many drafts as one may have, on this action point or in all. One query."""
    if here >= MAX_DRAFTS:
        raise DraftRefusedError(
            _(
                "Your text is below, but it was not saved as a draft: you already have %(limit)s drafts on this action point. "
                "Publish or discard one of them, then try again."
            )
            % {"limit": MAX_DRAFTS}
        )
    if ProgressDraft.objects.filter(author=author).count() >= MAX_DRAFTS_OF_PERSON:
        raise DraftRefusedError(
            _(
                "Your text is below, but it was not saved as a draft: you already have %(limit)s drafts. Publish or discard one of "
                "those under “My action points”, then try again."
            )
            % {"limit": MAX_DRAFTS_OF_PERSON}
        )
