"""Describe a milestone in the note."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from tracker.dates.value import PartialDate
from tracker.enumerations import comma_separated


@dataclass(frozen=True, slots=True)
class NoteMilestone:
    """A milestone that is not done."""

    title: str
    place: str
    due: PartialDate | None
    due_note: str
    repeats_every_months: int | None
    agency: str = ""
    """The lead agency whose part it belongs to; empty if it belongs to all."""

    @property
    def facts(self) -> list[str | int | None]:
        return [
            self.title,
            self.place,
            self.due.text if self.due else None,
            self.due_note,
            self.repeats_every_months,
            self.agency,
        ]

    @property
    def line(self) -> str:
        """Return date, title, place and repetition on one line; a note on the date replaces the repetition."""
        words = [self.agency, self.title] if self.agency else [self.title]
        line = ": ".join([str(self.due) if self.due else gettext("no date given"), comma_separated(words)])
        if self.place not in self.title:
            line += f", {self.place}"
        remark = self.due_note
        if not remark and (months := self.repeats_every_months):
            remark = ngettext("every month", "every %(months)s months", months) % {"months": months}
        return f"{line} ({remark})" if remark else line
