"""Store agencies and the people who work for them."""

import zoneinfo
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from tracker.people import permissions
from tracker.people.mailboxes import MailboxField, canonical
from tracker.searchable import Searchable
from tracker.text import NameField, validate_line

if TYPE_CHECKING:
    from collections.abc import Iterable


class AgencyManager(models.Manager["Agency"]):
    def get_by_natural_key(self, acronym: str) -> "Agency":
        return self.get(acronym=acronym)


class Agency(Searchable):
    """Store an organisation that leads action points or takes part in them."""

    class Kind(models.TextChoices):
        UN = "un", _("UN entity")
        INTERGOVERNMENTAL = "intergovernmental", _("Other intergovernmental organisation")
        OUTSIDE = "outside", _("Outside the UN system")

    acronym = models.CharField(
        _("acronym"),
        max_length=20,
        unique=True,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9&.-]*\Z",
                _("Use letters, digits, hyphens, full stops and & only: the acronym is part of the agency's address."),
            )
        ],
    )
    name = NameField(_("name"), max_length=200, validators=[validate_line])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.UN)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        help_text=_("UNDP for its Nordic Office, for example."),
    )
    history = HistoricalRecords(excluded_fields=["search_text"])

    objects = AgencyManager()

    searched_fields = ("acronym", "name")

    class Meta:
        ordering = ["acronym"]
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints = [
            models.UniqueConstraint(Lower("acronym"), name="agency_acronym_unique_ignoring_case"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["un", "intergovernmental", "outside"]), name="agency_kind_known"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="agency_name_given"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="agency_not_part_of_itself"),
        ]

    def __str__(self) -> str:
        return self.acronym

    def natural_key(self) -> tuple[str]:
        return (self.acronym,)

    def get_absolute_url(self) -> str:
        return reverse("agency", args=[self.acronym])

    def clean(self) -> None:
        """Check that the parent has no parent, so that there are two levels and no cycles."""
        if self.parent is None:
            return
        if self.pk and self.parent.parent_id == self.pk:
            raise ValidationError({"parent": _("Two agencies cannot be part of each other.")})
        if self.parent.parent_id:
            raise ValidationError(
                {
                    "parent": _("%(parent)s is itself part of %(whole)s. Choose %(whole)s.")
                    % {"parent": self.parent, "whole": self.parent.parent}
                }
            )
        if self.pk and self.children.exists():
            raise ValidationError(
                {"parent": _("Other agencies are part of %(agency)s. Move those first.") % {"agency": self}}
            )


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def active_or_among(self, people: "models.QuerySet[User]") -> "UserQuerySet":
        """Return active people, and those of `people` who are deactivated."""
        return self.filter(models.Q(is_active=True) | models.Q(pk__in=people.order_by().values("pk")))

    def accepting_digests(self, today: date) -> "UserQuerySet":
        """Return people who are active and accept digests on that day."""
        unpaused = models.Q(digests_paused_until=None) | models.Q(digests_paused_until__lte=today)
        return self.active().filter(unpaused, wants_digests=True)

    def focal_points(self) -> "UserQuerySet":
        return self.filter(role=Role.FOCAL_POINT)

    def coordinators(self) -> "UserQuerySet":
        return self.filter(role=Role.COORDINATOR)

    def admins(self) -> "UserQuerySet":
        return self.filter(role=Role.ADMIN)

    def update(self, **values: Any) -> int:
        """Update all rows. Deactivation ends the sessions, as in `User.save`."""
        if values.get("is_active") is False:
            values["sessions_ended_at"] = timezone.now()
        return super().update(**values)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Add a person. Without a password the person cannot sign in until choosing one through an invitation."""
        user = self.model(email=canonical(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Add an admin, for `manage.py createsuperuser`."""
        return self.create_user(email, password, **(fields | {"role": Role.ADMIN}))

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=email or "")


Role = permissions.Role


def with_role(name: str, role: str) -> str:
    """Return the name with the role, so that nobody passes for a coordinator by choosing a name."""
    return gettext("%(name)s (%(role)s)") % {"name": name, "role": Role(role).label}


class DigestCeiling(models.TextChoices):
    """Name how often a person wants reminder digests at most."""

    EVERY = "every", _("As often as they go out")
    FORTNIGHTLY = "fortnightly", _("Every two weeks at most")
    MONTHLY = "monthly", _("Once a month at most")


class User(Searchable, AbstractBaseUser):
    """Store a person who signs in by email. People are deactivated, never deleted, so that what they wrote keeps its author."""

    email = MailboxField(_("email"), unique=True)
    name = NameField(_("name"), max_length=150, validators=[validate_line])
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.FOCAL_POINT)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    wants_digests = models.BooleanField(_("wants reminder digests"), default=True)
    digest_ceiling = models.CharField(
        _("how often at most"), max_length=20, choices=DigestCeiling, default=DigestCeiling.EVERY
    )
    digests_paused_until = models.DateField(_("digests paused until"), null=True, blank=True)
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Untick instead of deleting: what the person wrote keeps its author."),
    )
    sessions_ended_at = models.DateTimeField(_("sessions ended at"), null=True, editable=False)
    """When the person was deactivated last. What was valid before, sessions and links, stays invalid after an activation."""
    date_joined = models.DateTimeField(_("added on"), default=timezone.now, editable=False)
    history = HistoricalRecords(excluded_fields=["password", "last_login", "sessions_ended_at", "search_text"])

    objects: ClassVar[UserManager] = UserManager()

    searched_fields = ("name", "email")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "email"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=models.Q(digest_ceiling__in=DigestCeiling.values), name="user_digest_ceiling_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def natural_key(self) -> tuple[str]:
        return (self.email,)

    def clean(self) -> None:
        self.email = canonical(self.email)
        if self.time_zone not in zoneinfo.available_timezones():
            raise ValidationError({"time_zone": _("There is no such time zone. Enter one such as Europe/Zurich.")})

    def save(self, *args: Any, update_fields: "Iterable[str] | None" = None, **options: Any) -> None:
        """Store the person. A deactivated one is signed out everywhere, for good."""
        if not self.is_active and (update_fields is None or "is_active" in update_fields):
            self.sessions_ended_at = timezone.now()
            update_fields = None if update_fields is None else {*update_fields, "sessions_ended_at"}
        super().save(*args, update_fields=update_fields, **options)

    def get_session_auth_hash(self) -> str:
        """Return what a session must hold to be valid: it changes with the password, and when the person is deactivated."""
        return salted_hmac(
            "people.session", f"{self.password} {self.sessions_ended_at}", algorithm="sha256"
        ).hexdigest()

    @property
    def name_with_role(self) -> str:
        """Return how pages and mails name the person to others."""
        return with_role(str(self), self.role)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_coordinating(self) -> bool:
        """Return whether the person is a coordinator or an admin, who may do everything that coordinators may."""
        return self.role in {Role.COORDINATOR, Role.ADMIN}

    @property
    def is_focal_point(self) -> bool:
        return self.role == Role.FOCAL_POINT

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    def speaks_for(self, agency: Agency | None) -> bool:
        """Return whether it is the person's agency or one below it."""
        return agency is not None and self.agency_id is not None and self.agency_id in {agency.pk, agency.parent_id}

    @property
    def agency_ids(self) -> frozenset[int]:
        """Return the ids of the person's agency and of the agencies below it; empty without an agency. One query, the first time."""
        if self.agency_id is None:
            return frozenset()
        if (ids := self.__dict__.get("_agency_ids")) is None:
            children = Agency.objects.filter(parent=self.agency_id).values_list("id", flat=True)
            ids = self.__dict__["_agency_ids"] = frozenset({self.agency_id, *children})
        return ids

    # Django's admin site calls these.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.is_coordinating

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and permissions.may_in_admin_site(self.role, perm)

    def has_perms(self, perms: "Iterable[str]", obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and permissions.may_open_admin_app(self.role, app_label)


class AccountMail(models.Model):
    """The newest mail of a kind to a person, with a link to choose a password: an invitation or a password reset (`outbox.py`)."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        PASSWORD_RESET = "password_reset", _("Password reset")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        TEMPORARY = "temporary", _("Temporarily refused")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="account_mails")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    asked_at = models.DateTimeField(_("asked for at"))
    due_at = models.DateTimeField(_("next attempt at"), null=True)
    """None once the mail is sent or refused. A worker that takes the mail sets it to the end of its lease."""
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    detail = models.CharField(_("what the mail server answered"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("account mail")
        verbose_name_plural = _("account mails")
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="account_mail_once")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="account_mail_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.person}"
