"""Published versions of the note. Their content never changes; only who may read one does."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from issues.models import Agenda
from tracker.append_only import AppendOnlyModel, AppendOnlyQuerySet
from tracker.people.models import User
from tracker.text import validate_line

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class NoteVersionQuerySet(AppendOnlyQuerySet["NoteVersion"]):
    def visible_to(self, user: "User | AnonymousUser") -> "NoteVersionQuerySet":
        """Visitors see versions for everybody, even if they may not see the agenda, but none of an agenda in draft."""
        if user.is_authenticated:
            return self.filter(agenda__in=Agenda.objects.visible_to(user))
        return self.exclude(agenda__state=Agenda.State.DRAFT).filter(audience=Agenda.Audience.EVERYBODY)

    def without_content(self) -> "NoteVersionQuerySet":
        """For lists: load the publisher, leave out the long text."""
        return self.defer("content").select_related("published_by", "agenda")


class NoteVersion(AppendOnlyModel):
    """The note as it was published. `content` is the JSON of `actions.note.serialization`."""

    agenda = models.ForeignKey(Agenda, verbose_name=_("agenda"), on_delete=models.PROTECT, related_name="note_versions")
    number = models.PositiveIntegerField(_("number"))
    as_of = models.DateField(_("as of"))
    content = models.TextField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    audience = models.CharField(_("visible to"), max_length=10, choices=Agenda.Audience)
    remark = models.CharField(_("remark"), max_length=300, blank=True, validators=[validate_line])
    published_by = models.ForeignKey(
        User, verbose_name=_("published by"), on_delete=models.PROTECT, related_name="note_versions"
    )
    published_at = models.DateTimeField(_("published at"))

    objects = NoteVersionQuerySet.as_manager()
    amendable = frozenset({"audience"})

    class Meta:
        ordering = ["agenda", "-number"]
        verbose_name = _("version of the note")
        verbose_name_plural = _("versions of the note")
        constraints = [
            models.UniqueConstraint(fields=["agenda", "number"], name="note_version_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="note_version_counts_from_one"),
            models.CheckConstraint(
                condition=Q(audience__in=Agenda.Audience.values), name="note_version_audience_known"
            ),
            models.CheckConstraint(condition=~Q(content="") & ~Q(sha256=""), name="note_version_has_content"),
        ]

    def __str__(self) -> str:
        return f"{self.agenda_id} v{self.number}"

    def get_absolute_url(self) -> str:
        """Costs a query unless the agenda is loaded."""
        return reverse("note_version", args=[self.agenda.slug, self.number])

    def open_to(self, audience: str) -> None:
        """Change who may read it; nothing else of it can be changed."""
        self._amend(audience=audience)
