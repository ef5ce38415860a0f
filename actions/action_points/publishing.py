"""Publish a progress form, or save what was sent as a draft: the same for the full form and the box."""

from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from actions import progress
from actions.action_points.forms import ProgressForm
from actions.action_points.forms.days import with_days
from actions.drafts import DraftRefusedError, Typed, is_blank, save_draft
from actions.models import ActionPoint, ProgressDraft, ProgressUpdate, Responsibility
from actions.submission import SubmissionUsedError
from tracker.people.models import User
from tracker.people.permissions import Right, may
from tracker.web.form_recovery import typed_values


def publish(
    form: ProgressForm, action_point: ActionPoint, author: User, submission: UUID | None = None
) -> ProgressUpdate:
    """Log the progress of a valid form. `submission` is the id of the form unless the form has one itself.

    Raises NewerUpdatesError or SubmissionUsedError; the form can be sent once more then.
    """
    data = form.cleaned_data
    try:
        return progress.log_progress(
            action_point,
            form.progress(),
            author=author,
            now=timezone.localtime(),
            submission=submission or data["submission"],
            reported_on=data.get("reported_on"),
            version=data["version"],
        )
    except progress.NewerUpdatesError as error:
        form.send_again_with(version=max(newer.number for newer in error.updates))
        raise
    except SubmissionUsedError:
        form.send_again_with(submission=uuid4())
        raise


def require_right(
    request: HttpRequest, action_point: ActionPoint, user: User, typed: Typed, part: Responsibility | None = None
) -> None:
    """Raise PermissionDenied unless the user may log progress on the part or the action point, after saving the sent text as a draft.

    The user may have lost the right after opening the form.
    """
    if may(user, Right.LOG_PROGRESS, part or action_point):
        return
    try:
        draft = save_sent(request, action_point, user, typed) if request.method == "POST" else None
    except DraftRefusedError:
        draft = None
    if draft:
        raise PermissionDenied(
            _(
                "You can no longer log progress on %(reference)s, so nothing was published. What you typed is saved as a draft "
                "under “My action points”."
            )
            % {"reference": action_point.reference}
        )
    raise PermissionDenied


def sent_values(request: HttpRequest) -> Typed:
    """Return what was typed into the form that was sent, with the days that "today" and "yesterday" mean."""
    return with_days(typed_values(request.POST), ProgressForm.DAYS, timezone.localdate())


def save_sent(request: HttpRequest, action_point: ActionPoint, user: User, typed: Typed) -> ProgressDraft | None:
    """Save the sent values as a draft and return it; return None if nothing was typed. Raises DraftRefusedError."""
    return None if is_blank(typed) else save_draft(action_point, user, typed, _submission(request))


def save_with_form(
    request: HttpRequest, form: ProgressForm, action_point: ActionPoint, user: User, typed: Typed
) -> ProgressDraft | None:
    """Save the sent values as a draft, which the form continues when it is sent again. A blank form saves none."""
    if _submission(request) is None:
        form.send_again_with(submission=uuid4())
    try:
        draft = save_sent(request, action_point, user, typed)
    except DraftRefusedError as refusal:
        form.add_error(None, str(refusal))
        return None
    if draft:
        form.send_again_with(submission=draft.submission)
    return draft


def _submission(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("submission", ""))
    except ValueError:
        return None
