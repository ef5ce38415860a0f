"""Edit an agenda, and add issues and action points to it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from actions.agendas.audience import EVERYBODY, AsksBeforePublishing
from actions.forms.action_point import ActionPointForm
from actions.forms.unique_in_parent import UniqueInParentForm
from actions.models import ActionPoint
from issues.models import Agenda, Issue
from issues.numbering import next_number
from tracker.languages import own_names
from tracker.web.optimistic_lock import VersionedModelForm


class AgendaForm(AsksBeforePublishing, VersionedModelForm):
    class Meta:
        model = Agenda
        fields = [
            "title",
            "introduction",
            "report_title",
            "agreed_on",
            "reporting_period",
            "silence_days",
            "visible_to",
            "language",
        ]
        help_texts = {
            "introduction": _(
                "Its first paragraph is at the top of the agenda's page, the rest below the action points."
            ),
            "silence_days": _("An update is due when this number of days has passed since the last one."),
        }
        labels = {"silence_days": _("Updates are asked for every ... days")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = own_names()  # type: ignore[attr-defined]
        self.add_confirmation(was_public=self.initial.get("visible_to") == EVERYBODY)
        self.order_fields([*self.Meta.fields[:-1], "confirm_everybody"])


class IssueForm(UniqueInParentForm, VersionedModelForm):
    """Edit an issue of an agenda, or add one. A new issue gets the next number unless another is typed. The number never changes, so that
    references stay valid. Create the form with the agenda locked.
    """

    parent = "agenda"

    class Meta:
        model = Issue
        fields = ["number", "title", "short_title", "rationale"]
        help_texts = {"number": _("Its place in the agenda, and part of each reference: 3 in 2005/3.2.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["number"]
        else:
            _offer_number(self, Issue.objects.filter(agenda=self.instance.agenda_id))


class NewActionPointForm(UniqueInParentForm, ActionPointForm):
    """Add an action point to an issue. Its number follows the same rules as that of an issue."""

    parent = "issue"

    class Meta(ActionPointForm.Meta):
        fields = ["number", *ActionPointForm.Meta.fields]
        help_texts = {"number": _("Its place under the issue, and the end of its reference: 2 in 2005/3.2.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_number(self, ActionPoint.objects.filter(issue=self.instance.issue_id))

    def save(self, commit: bool = True) -> Any:
        """Store the action point, with the day if the agenda is open already."""
        self.instance.added_on = self.instance.issue.agenda.day_of_adding(self.today)
        return super().save(commit)

    def _differs_from(self, stored: Any) -> bool:
        """Compare the leads and persons as well."""
        persons = [person for part in stored.parts for person in part.persons.all()]
        lists = {"lead_agencies": stored.leads, "focal_points": persons}
        changed = (self.fields[name].has_changed(value, self[name].data) for name, value in lists.items())
        return super()._differs_from(stored) or any(changed)


def _offer_number(form: VersionedModelForm, siblings: Any) -> None:
    """Fill in the next number unless one was typed."""
    if form.initial.get("number") is None:
        form.initial["number"] = next_number(siblings)
