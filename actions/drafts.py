"""Save drafts of progress updates."""

import uuid

from django.db import transaction

from actions.models import ActionPoint, ProgressDraft
from tracker.people.models import User
from tracker.transactions import lock

MAX_DRAFTS = 10
"""Maximum number of drafts of one person on one action point."""

Typed = dict[str, list[str]]

_TECHNICAL_FIELDS = {"submission", "version", "do"}
"""Hidden fields and buttons: nobody types into them."""
_PREFILLED_FIELDS = {"status", "agency"}
"""Fields that the form or a link may have filled in before the person typed anything."""


class TooManyDraftsError(Exception):
    """The person already has MAX_DRAFTS drafts on this action point. Nothing was saved."""


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
    draft is added. If a draft with the same values exists, it is returned. Raises TooManyDraftsError.
    """
    lock(ActionPoint.objects.filter(pk=action_point.pk))
    typed = {name: values for name, values in typed.items() if name not in _TECHNICAL_FIELDS}
    drafts = list(action_point.drafts.filter(author=author))
    if same := next((draft for draft in drafts if draft.typed == typed), None):
        return same
    draft = next((draft for draft in drafts if draft.submission == submission), None)
    if draft is None:
        if len(drafts) >= MAX_DRAFTS:
            raise TooManyDraftsError
        draft = ProgressDraft(action_point=action_point, author=author)
    draft.typed, draft.submission = typed, uuid.uuid4()
    draft.save()
    return draft
