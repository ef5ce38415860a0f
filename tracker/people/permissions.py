"""Decide who may do what.

The `visible_to(user)` of each QuerySet decides what a user may read: the rest is not found (404). For everything else a view calls
`require(user, Right..., thing)`, which answers 403.
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
    """Log progress, evidence and milestones, or pause reminders: on one's own action points."""
    CORRECT = auto()
    """Correct or withdraw progress updates of one's own agency."""
    SIGN_OFF = auto()
    """Sign off what the note says about one's own agency, or dissent. Nobody does it for another agency."""
    COORDINATE = auto()
    """Edit agendas, issues, action points, owners, reminders and the note."""
    ADMINISTER = auto()
    """Edit agencies and people, load the baseline, import."""


class Closable(Protocol):
    """A thing that can only be read once its agenda is closed."""

    @property
    def is_closed(self) -> bool: ...


class Owned(Closable, Protocol):
    """A thing that can be a person's own: an action point, a progress update, a section of the note."""

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
    """Return whether the user has the right, on this thing if the right depends on whose it is."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return False
    if thing is not None and thing.is_closed:
        return False
    if user.role in _ROLES[right]:
        return True
    return right in _OWNERS_TOO and thing is not None and thing.is_own(user)


def require(user: "User | AnonymousUser", right: Right, thing: Owned | None = None) -> None:
    """Raise PermissionDenied (403), with a message for the person, unless the user has the right."""
    if thing is not None:
        require_not_closed(thing)
    if not may(user, right, thing):
        raise PermissionDenied(
            {
                Right.LOG_PROGRESS: gettext(
                    "You can read this action point, but only the people responsible for it and coordinators log progress on it."
                ),
                Right.CORRECT: gettext(
                    "You can read this update, but only its own agency and coordinators correct or withdraw it."
                ),
                Right.SIGN_OFF: gettext(
                    "Only focal points of the agencies that this section is about can sign it off."
                ),
                Right.COORDINATE: gettext("This is for coordinators."),
                Right.ADMINISTER: gettext("This is for admins."),
            }[right]
        )


def require_not_closed(thing: Closable) -> None:
    """Raise PermissionDenied (403), with a message for the person, if the agenda is closed."""
    if thing.is_closed:
        raise PermissionDenied(gettext("This agenda is closed. It can be read, but no longer changed."))


_COORDINATORS_APPS = {"issues", "actions", "reminders"}


def may_open_admin_app(role: str, app_label: str) -> bool:
    """Return whether the role may open the pages of an app in the admin site."""
    return role == Role.ADMIN or (role == Role.COORDINATOR and app_label in _COORDINATORS_APPS)


def may_in_admin_site(role: str, perm: str) -> bool:
    """Return whether the role has a permission of Django (`issues.change_agenda`): admins all, coordinators those of the agenda's apps."""
    return may_open_admin_app(role, perm.partition(".")[0])
