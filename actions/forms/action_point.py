"""Edit an action point: its text, the agencies that lead it since when, and the persons for each agency's part."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions import responsibilities
from actions.forms.choices import CheckboxesField
from actions.models import ActionPoint, Responsibility
from tracker.dates.fields import PartialDateFormField
from tracker.enumerations import comma_separated
from tracker.people.choosing import PeopleField
from tracker.people.models import Agency, User
from tracker.web.optimistic_lock import VersionedModelForm, version_of, version_of_content

_PART_FIELD = re.compile(r"(?:since|persons)_([0-9]{1,9})", re.ASCII)


class ActionPointForm(VersionedModelForm):
    """Edit an action point. Each part has two fields of its own: `since_5` and `persons_5` for the agency with the id 5.

    The version covers the parts, too. A part that somebody else added since the form was opened keeps its persons; one that somebody
    else ended keeps what was typed for it.
    """

    instance: Any

    lead_agencies = CheckboxesField(label=_("Lead agencies"), queryset=Agency.objects.all(), required=False)
    since = PartialDateFormField(
        label=_("Led by the new agencies since"), help_text=_("Left empty, it is today."), required=False
    )
    focal_points = PeopleField(
        label=_("Focal points of the new agencies"),
        help_text=_("The persons responsible for the part. They get its reminders."),
        required=False,
    )

    class Meta:
        model = ActionPoint
        fields = ["title", "description"]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.parts = {part.agency_id: part for part in self.instance.parts} if self.instance.pk else {}
        self.initial.setdefault("lead_agencies", [part.agency for part in self.parts.values()])
        self.initial.setdefault("since", responsibilities.default_since(self.instance.issue.agenda, today))
        self.agencies = self._agencies_with_fields()
        for agency in self.agencies.values():
            self._add_part_fields(agency)
        of_parts = [name for pk in self.agencies for name in (f"since_{pk}", f"persons_{pk}")]
        self.order_fields([*self.Meta.fields, "lead_agencies", *of_parts, "since", "focal_points"])

    @staticmethod
    def initial_from(typed: dict[str, list[str]] | None) -> dict[str, Any]:
        """Return the typed values of a saved form as initial values."""
        lists = ("lead_agencies", "focal_points", "persons_")
        return {
            name: values if name.startswith(lists) else values[0] for name, values in (typed or {}).items() if values
        }

    def stored_version(self, instance: Any) -> str:
        parts = [
            (part.agency_id, str(part.since), sorted(person.pk for person in part.persons.all()))
            for part in (instance.parts if instance.pk else [])
        ]
        text = version_of(instance)
        return f"{text}-{version_of_content(parts)}" if parts else text

    def _differences(self, data: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Leave out the fields for agencies that are added: nothing is stored that they could differ from."""
        return super()._differences({name: data[name] for name in data if name not in ("since", "focal_points")})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        added = self._added(data.get("lead_agencies", []))
        lost = [person for person in data.get("focal_points", []) if not _agency_for(person, added)]
        if lost and "lead_agencies" in data:
            message = gettext(
                "%(people)s: add the agency as well, or name them for a part of another agency once it leads."
            )
            self.add_error("focal_points", message % {"people": comma_separated(lost)})
        return data

    def save(self, commit: bool = True) -> Any:
        """Store the text, and end, add and change responsibilities. Call it in a transaction that has locked the action point."""
        action_point: Any = super().save(commit)
        chosen = list(self.cleaned_data["lead_agencies"])
        for part in self.parts.values():
            if part.agency not in chosen:
                responsibilities.end_lead(action_point, part.agency, until=self.today)
        added = self._added(chosen)
        for agency in chosen:
            self._store_part(action_point, agency, added)
        return action_point

    def _store_part(self, action_point: ActionPoint, agency: Agency, added: Iterable[Agency]) -> None:
        """Store the part of an agency: its own fields count, or the fields for all added agencies."""
        if agency.pk in self.agencies:
            since, persons = self.cleaned_data[f"since_{agency.pk}"], self.cleaned_data[f"persons_{agency.pk}"]
        else:
            everybody = self.cleaned_data["focal_points"]
            since = self.cleaned_data["since"]
            persons = [person for person in everybody if _agency_for(person, added) == agency]
        default = responsibilities.default_since(action_point.issue.agenda, self.today)
        part = responsibilities.add_lead(action_point, agency, since=since or default)
        responsibilities.change_since(part, since or part.since)
        responsibilities.name_persons(part, persons)

    def _added(self, chosen: Iterable[Agency]) -> list[Agency]:
        """Return the chosen agencies without fields of their own."""
        return [agency for agency in chosen if agency.pk not in self.agencies]

    def _agencies_with_fields(self) -> dict[int, Agency]:
        """Return the lead agencies and those that the form has fields for, by id in order of acronym. One query at most."""
        found = {part.agency_id: part.agency for part in self.parts.values()}
        typed = {int(match[1]) for name in (*self.data, *self.initial) if (match := _PART_FIELD.fullmatch(name))}
        if missing := typed - found.keys():
            found |= Agency.objects.in_bulk(missing)
        return dict(sorted(found.items(), key=lambda pair: pair[1].acronym))

    def _add_part_fields(self, agency: Agency) -> None:
        part, since, persons = self.parts.get(agency.pk), f"since_{agency.pk}", f"persons_{agency.pk}"
        label = gettext("Led by %(agency)s since") % {"agency": agency}
        self.fields[since] = PartialDateFormField(label=label, required=False)
        self.fields[persons] = PeopleField(
            User.objects.active_or_among(part.persons.all()) if part else None,
            label=gettext("Focal points for the part of %(agency)s") % {"agency": agency},
            required=False,
        )
        if part:
            self.initial.setdefault(since, part.since)
            self.initial.setdefault(persons, list(part.persons.all()))
            if self.is_bound and since not in self.data:
                self._fill_in(part, since, persons)

    def _fill_in(self, part: Responsibility, since: str, persons: str) -> None:
        """Set the fields of a part that the person did not see to what is stored."""
        data = self.data.copy()
        data[since] = self.fields[since].prepare_value(part.since)
        data.setlist(persons, [str(person.pk) for person in part.persons.all()])
        self.data = data


def _agency_for(person: User, added: Iterable[Agency]) -> Agency | None:
    """Return which of the added agencies' parts a person is named for: the own agency's, that of the one above, or the only one."""
    agencies = list(added)
    above = person.agency.parent_id if person.agency else None
    for pk in (person.agency_id, above):
        if found := next((agency for agency in agencies if agency.pk == pk), None):
            return found
    return agencies[0] if len(agencies) == 1 else None
