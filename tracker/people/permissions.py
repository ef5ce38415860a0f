"""Who may do what: the one place that decides.

Reading is decided by the `visible_to(user)` of each QuerySet: what one may not see is not found (404). For everything else a view asks
`require(user, Right..., thing)`, which answers 403 to a reader who may not.
"""

from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from tracker.people.models import User


class Role(models.TextChoices):
    FOCAL_POINT = "focal_point", _("Focal point")
    COORDINATOR = "coordinator", _("Coordinator")
    ADMIN = "admin", _("Admin")


class Right(Enum):
    LOG_PROGRESS = auto()
    """Log progress, evidence and milestones, or snooze: on an action point of one's own."""
    CORRECT = auto()
    """Correct or withdraw a progress update: of one's own agency."""
    SIGN_OFF = auto()
    """Sign off what the note says of one's own agency, or dissent. Nobody does it in an agency's place."""
    COORDINATE = auto()
    """Agendas, issues, action points, owners, reminders, the note."""
    ADMINISTER = auto()
    """Agencies, people, the baseline, imports."""


class Owned(Protocol):
    """What can be a person's own: an action point, a progress update, a part of the note."""

    def is_own(self, user: "User") -> bool: ...


_ROLES: dict[Right, set[Role]] = {
    Right.LOG_PROGRESS: {Role.COORDINATOR, Role.ADMIN},
    Right.CORRECT: {Role.COORDINATOR, Role.ADMIN},
    Right.SIGN_OFF: set(),
    Right.COORDINATE: {Role.COORDINATOR, Role.ADMIN},
    Right.ADMINISTER: {Role.ADMIN},
}
_OWNERS_TOO = {Right.LOG_PROGRESS, Right.CORRECT, Right.SIGN_OFF}


def may(user: "User | AnonymousUser", right: Right, thing: Owned | None = None) -> bool:
    """Whether the user has the right, on this thing where it is one that depends on whose it is."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return False
    if user.role in _ROLES[right]:
        return True
    return right in _OWNERS_TOO and thing is not None and thing.is_own(user)


def require(user: "User | AnonymousUser", right: Right, thing: Owned | None = None) -> None:
    """Raises PermissionDenied (403), with words for the person, unless the user has the right."""
    if not may(user, right, thing):
        raise PermissionDenied(
            {
                Right.LOG_PROGRESS: gettext(
                    "You can read this action point, but only its owners and coordinators log progress on it."
                ),
                Right.CORRECT: gettext(
                    "You can read this update, but only its own agency and coordinators correct or withdraw it."
                ),
                Right.SIGN_OFF: gettext("Only the focal points of the agencies that this part tells of sign it off."),
                Right.COORDINATE: gettext("This is for coordinators."),
                Right.ADMINISTER: gettext("This is for admins."),
            }[right]
        )


_COORDINATORS_APPS = {"issues", "actions", "reminders"}


def may_open_admin_app(role: str, app_label: str) -> bool:
    return role == Role.ADMIN or (role == Role.COORDINATOR and app_label in _COORDINATORS_APPS)


def may_in_admin_site(role: str, perm: str) -> bool:
    """Django's permission names (`issues.change_agenda`): admins all, coordinators those of the agenda's own apps."""
    return may_open_admin_app(role, perm.partition(".")[0])
