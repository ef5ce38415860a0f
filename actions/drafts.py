"""Save drafts of progress updates."""

import uuid

from django.db import transaction

from actions.models import ActionPoint, ProgressDraft
from tracker.people.models import User
from tracker.transactions import lock

MAX_DRAFTS = 10
"""Drafts that one person keeps on one action point."""

Typed = dict[str, list[str]]

_OF_THE_FORM = {"submission", "version", "do"}
"""Fields that nobody types into."""
_FILLED_IN = {"status", "agency"}
"""Fields that the form or a link may have filled in before the person began."""


class TooManyDraftsError(Exception):
    """The person keeps as many drafts on this action point as the tracker allows. Nothing was saved."""


def is_blank(typed: Typed) -> bool:
    """Return whether a form holds nothing that a person would have to type again."""
    return not any(
        value.strip() for name, values in typed.items() if name not in _OF_THE_FORM | _FILLED_IN for value in values
    )


@transaction.atomic
def save_draft(
    action_point: ActionPoint, author: User, typed: Typed, submission: uuid.UUID | None = None
) -> ProgressDraft:
    """Save what was typed into the form `submission`.

    It replaces the draft that this form continues. A form that continues none, or whose draft was saved in another tab since, gets its own
    draft. The same text is never saved twice. Raises TooManyDraftsError.
    """
    lock(ActionPoint.objects.filter(pk=action_point.pk))
    typed = {name: values for name, values in typed.items() if name not in _OF_THE_FORM}
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
