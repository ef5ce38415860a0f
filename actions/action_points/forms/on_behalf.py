"""A form field for the agency that an update is from. It says which choices count for a lead agency's part."""

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _

from actions import responsibilities
from actions.forms.choices import OneOfField
from actions.models import ActionPoint
from tracker.people.models import Agency, User


class OnBehalfField(OneOfField):
    """Choose one of the agencies that a person may report for."""

    def offer(self, agencies: Any, leads: Collection[Agency], *, nobody: bool) -> None:
        """Offer these agencies, those that count for a part first. With `nobody` it may be left empty. One query."""
        self.queryset = agencies
        self.required = not nobody
        self.choices = [*([("", _nobody(leads))] if nobody else []), *_groups(agencies, leads)]


def agencies_of(action_point: ActionPoint, user: User) -> set[int]:
    """Return the ids of the agencies that a focal point may report for: those of own parts, the own one and those below it."""
    own = {part.agency_id for part in action_point.parts if part.is_own(user)}
    return own | user.agency_ids


def preset_agency(action_point: ActionPoint, user: User) -> int | None:
    """Return the id of the agency that the form presets.

    It is that of the person's own part; for coordinators otherwise that of the only lead, and for others their own agency.
    """
    part = responsibilities.part_for(action_point, user)
    if part and (user.is_coordinating or part.is_own(user)):
        return part.agency_id
    own = [part.agency_id for part in action_point.parts if user.is_coordinating or part.is_own(user)]
    if user.is_coordinating:
        return own[0] if len(own) == 1 else None
    return own[0] if own else user.agency_id


def _nobody(leads: Collection[Agency]) -> str:
    return _("No agency: it counts for every part") if len(leads) > 1 else _("No agency")


def _groups(agencies: Iterable[Agency], leads: Collection[Agency]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Return the choices in groups; without a lead every update counts, so that there is one group without a name."""
    by_id = {lead.pk: lead for lead in leads}
    leading, below, others = [], [], []
    for agency in agencies:
        if agency.pk in by_id:
            leading.append((agency.pk, agency.acronym))
        elif agency.parent_id in by_id:
            label = _("%(agency)s, for the part of %(lead)s")
            below.append((agency.pk, label % {"agency": agency.acronym, "lead": by_id[agency.parent_id].acronym}))
        else:
            others.append((agency.pk, agency.acronym))
    if not leads:
        return others  # type: ignore[return-value]
    groups = [(_("Lead agencies"), [*leading, *below]), (_("Not leading: changes no status"), others)]
    return [group for group in groups if group[1]]
