"""Records of every kind that the admin site lists."""

from datetime import timedelta
from typing import Any

import pytest

from actions.reminders.models import ReminderSchedule
from tests import personas
from tracker.audit.models import AuditEntry
from tracker.people.models import User


@pytest.fixture
def records(focal_point: User, coordinator: User, admin: User) -> Any:
    """Makes a row more of everything that the admin site lists."""

    def make(number: int) -> dict[str, Any]:
        agenda = personas.agenda(f"20{number:02}")
        issue = personas.issue(agenda)
        point = personas.action_point(issue)
        personas.lead(point, personas.agency(f"AG{number}", parent=personas.agency("UNDP")))
        personas.assign(point, focal_point)
        return {
            "audit.auditentry": AuditEntry.objects.create(event="exported", person=coordinator, subject=focal_point),
            "people.agency": personas.leads(point)[0],
            "people.user": personas.person(f"person{number}@example.org", agency=personas.agency(f"AG{number}")),
            "issues.agenda": agenda,
            "issues.issue": issue,
            "actions.actionpoint": point,
            "actions.milestone": personas.milestone(point),
            "actions.progressupdate": personas.update(point, author=focal_point, agency=personas.leads(point)[0]),
            "reminders.digest": personas.digest(focal_point, point, day=personas.TODAY - timedelta(days=number)),
            "reminders.reminderschedule": ReminderSchedule.objects.create(agenda=agenda, starts_on=personas.TODAY),
        }

    return make
