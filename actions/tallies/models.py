"""What is kept beside the action points so that lists and dashboards cost the same however many there are.

The database writes these tables by itself, in the transaction of whatever changes (`triggers`): nothing in Python does. `rebuilding` makes
them anew from what they are derived from (`definitions`), and says where they differ.
"""

from datetime import date

from django.db import models
from django.db.models import Q

from actions.models import ActionPoint
from issues.models import Agenda
from tracker.people.models import Agency

NEVER = date(1, 1, 1)
"""Stands for a day before all others: that of the last report where there is none."""

FOREVER = date(9999, 12, 31)

NOBODY = 0
"""Stands for the agency of a `LedEntry` where nobody owns the action point."""

TOKENS = 2**40


_READ = [
    "action_point",
    "rank",
    "is_open",
    "reported",
    "milestone_due",
    "first_due",
    "last_due",
    "snoozed_until",
    "shows_after",
]
"""What an index of all holds besides, so that PostgreSQL counts and lists by any filters without looking at the entries."""


class _Listed(models.Model):
    """What lists order and filter action points by."""

    agenda = models.ForeignKey(
        Agenda, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    place = models.PositiveIntegerField()
    """Issue number × 1000 + number: the order of references."""
    rank = models.PositiveSmallIntegerField()
    """The place of the status among all, from silence to the end."""
    is_open = models.BooleanField()
    """Neither completed nor discontinued; whether the agenda is open is not looked at."""
    reported = models.DateField()
    """NEVER where nothing was reported."""
    milestone_due = models.DateField(null=True)
    """The first day that a milestone of it has to be done by, of those that are undone and do not recur."""
    first_due = models.DateField(null=True)
    """The same, of all that are undone."""
    last_due = models.DateField(null=True)
    """The last such day, of all that are undone; FOREVER where one recurs."""
    snoozed_until = models.DateField(null=True)
    shows_after = models.DateField(null=True)
    """The last day on which it does not show "no progress" yet, if nothing happens; null where it has ended."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.agenda_id}/{self.place}"


class Entry(_Listed):
    """An action point as lists order and filter it, in one row: one index serves each order of an agenda, and each rare filter."""

    action_point = models.OneToOneField(
        ActionPoint, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="entry"
    )
    is_owned = models.BooleanField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["agenda", "place"], include=[*_READ, "is_owned"], name="entry_place"),
            models.Index(fields=["agenda", "rank", "place"], name="entry_rank"),
            models.Index(fields=["agenda", "reported", "place"], name="entry_reported"),
            models.Index(fields=["agenda", "reported", "place"], condition=Q(is_open=True), name="entry_open_reported"),
            models.Index(
                fields=["agenda", "milestone_due"],
                condition=Q(milestone_due__isnull=False, is_open=True),
                name="entry_due",
            ),
            *(
                models.Index(
                    fields=["agenda", name],
                    include=["is_open"],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"entry_{name}",
                )
                for name in ("first_due", "last_due", "snoozed_until")
            ),
        ]


class LedEntry(_Listed):
    """An entry once more for each agency that leads the action point: one index serves each order of what an agency leads, one
    together with a status. Where nobody owns it, one for NOBODY.
    """

    pk = models.CompositePrimaryKey("action_point_id", "agency_id")
    action_point = models.ForeignKey(
        ActionPoint, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["agency", "agenda", "place"], include=_READ, name="led_place"),
            models.Index(
                fields=["agency", "agenda", "rank", "place"],
                include=["action_point", "reported", "milestone_due", "snoozed_until"],
                name="led_rank",
            ),
            models.Index(fields=["agency", "agenda", "reported", "place"], name="led_reported"),
            *(
                models.Index(
                    fields=["agency", "agenda", name],
                    include=["is_open", "milestone_due"],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"led_{name}",
                )
                for name in ("first_due", "last_due", "snoozed_until")
            ),
        ]


class LastUpdate(models.Model):
    """When the last update of an action point that is in force was recorded. Apart from its entry, which few updates change."""

    action_point = models.OneToOneField(
        ActionPoint, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="+"
    )
    agenda = models.ForeignKey(
        Agenda, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    recorded = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["agenda", "recorded"], name="last_update_recorded")]

    def __str__(self) -> str:
        return str(self.recorded)


class Move(models.Model):
    """An action point came to stand at `status` with what was reported on that day; before, it stood at another."""

    action_point = models.ForeignKey(
        ActionPoint, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()
    status = models.CharField(max_length=20)
    before = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["action_point", "day"], name="move_day_unique")]

    def __str__(self) -> str:
        return f"{self.day} {self.status}"


class Tally(models.Model):
    """How many action points more, or fewer, there are of a kind.

    What counts is the sum of the rows: writers add rows, and wait for nobody.
    """

    class Kind(models.TextChoices):
        STATUS = "status"
        """That stand at `status`."""
        UNOWNED = "unowned"
        REPORTED = "reported"
        """Open ones last reported on that day."""
        SHOWS = "shows"
        """That show no progress after that day."""
        LATE = "late"
        """Open ones with a milestone passed after that day."""
        SNOOZED = "snoozed"
        """Open ones that are snoozed until that day."""
        STOOD = "stood"
        """That came to stand at `status` on that day, less those that left it."""

    agenda = models.ForeignKey(
        Agenda, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    """Of those only that this agency leads; null: of all."""
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=20, blank=True)
    day = models.DateField(null=True)
    count = models.IntegerField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["agenda", "kind", "status", "day", "count"], condition=Q(agency=None), name="tally_whole"
            ),
            models.Index(
                fields=["agenda", "agency", "kind", "status", "day", "count"],
                condition=Q(agency__isnull=False),
                name="tally_agency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status} {self.day}: {self.count:+}"


class Change(models.Model):
    """A statement that changed what pages show. All that says something is how many there are, and their tokens: `stamp`."""

    token = models.BigIntegerField()
    """By chance, up to TOKENS."""
    of_choices = models.BooleanField()
    """Whether it changed what readers choose from: agendas, issues, agencies, people, and who is assigned."""

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.token)
