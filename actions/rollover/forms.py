"""The forms of a roll-over."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.forms.conflicts import SendAgain
from actions.forms.unique_in_parent import UniqueInParentForm
from actions.models import ActionPoint
from actions.rollover.decisions import Choice
from actions.rollover.models import NUMBER_LIMIT, Decision, PlannedIssue, PlannedPoint, Rollover
from issues.models import Agenda
from tracker.text import validate_line, validate_text

PARTS_LIMIT = 20


class RolloverForm(forms.ModelForm):
    """What the next agenda is called."""

    class Meta:
        model = Rollover
        fields = ["slug", "title"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if Agenda.objects.filter(slug=slug).exists():
            raise ValidationError(gettext("There is an agenda with this short name already."))
        return slug


class PlannedIssueForm(UniqueInParentForm):
    parent = "rollover"

    class Meta:
        model = PlannedIssue
        fields = ["number", "title", "rationale"]


class BulkForm(forms.Form):
    reason = forms.CharField(label=_("Because"), max_length=500, validators=[validate_line])


class OpeningForm(forms.Form):
    visible_to = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=Agenda.Audience,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who may read it.")},
    )
    close_source = forms.BooleanField(label=_("Close the old agenda at the same time"), required=False)


class DecisionForm(SendAgain, forms.Form):
    """What becomes of one action point. Only what its kind needs is looked at; the rest may stay as it is."""

    kind = forms.ChoiceField(label=_("What becomes of it?"), choices=Decision.Kind, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Because"),
        help_text=_("Everybody who may read the new agenda sees this reason."),
        max_length=500,
        validators=[validate_line],
    )
    outcome = forms.ChoiceField(
        label=_("Closed as"), choices=Decision.Outcome, required=False, widget=forms.RadioSelect
    )
    into = forms.ModelChoiceField(
        PlannedPoint.objects.none(),
        label=_("Into, or superseded by"),
        empty_label=_("a new action point, as below"),
        required=False,
    )
    issue = forms.ModelChoiceField(PlannedIssue.objects.none(), label=_("Under the issue"), required=False)
    number = forms.IntegerField(
        label=_("Number"),
        help_text=_("Leave it empty for the old number, or the next one that is free."),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(NUMBER_LIMIT)],
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False, validators=[validate_line])
    parts = forms.CharField(
        label=_("Split into"),
        help_text=_("The title of each part in a line of its own. The first part takes the open milestones along."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[validate_text],
    )
    seen = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        rollover: Rollover,
        action_point: ActionPoint,
        stored: Decision | None,
        kept: dict[str, Any],
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.initial = _initial(rollover, action_point, stored) | kept
        points = PlannedPoint.objects.filter(issue__rollover=rollover).select_related("issue")
        if stored and stored.kind in {Decision.Kind.CARRY, Decision.Kind.SPLIT}:
            points = points.exclude(pk__in=[target.pk for target in stored.targets.all()])
        self.fields["into"].queryset = points  # type: ignore[attr-defined]
        self.fields["issue"].queryset = rollover.issues.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data, kind = self.cleaned_data, self.cleaned_data.get("kind")
        needs_place = kind in {Decision.Kind.CARRY, Decision.Kind.SPLIT} or (
            kind in {Decision.Kind.MERGE, Decision.Kind.SUPERSEDE}
            and not data.get("into")
            and "into" not in self.errors
        )
        if kind == Decision.Kind.CLOSE and not data.get("outcome") and "outcome" not in self.errors:
            self.add_error("outcome", gettext("Say whether it is completed or discontinued."))
        if needs_place and not data.get("issue") and "issue" not in self.errors:
            self.add_error("issue", gettext("Choose the issue of the new agenda that it goes under."))
        if needs_place and kind != Decision.Kind.SPLIT and not data.get("title") and "title" not in self.errors:
            self.add_error("title", gettext("Give the new action point a title."))
        if kind == Decision.Kind.SPLIT and "parts" not in self.errors:
            self._check_parts()
        return data

    def choice(self) -> Choice:
        data, kind = self.cleaned_data, self.cleaned_data["kind"]
        if kind == Decision.Kind.CLOSE:
            return Choice(kind=kind, reason=data["reason"], outcome=data["outcome"])
        if kind in {Decision.Kind.MERGE, Decision.Kind.SUPERSEDE} and data["into"]:
            return Choice(kind=kind, reason=data["reason"], into=data["into"])
        titles = self._parts() if kind == Decision.Kind.SPLIT else [data["title"]]
        return Choice(kind=kind, reason=data["reason"], issue=data["issue"], number=data["number"], titles=titles)

    def _parts(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["parts"].splitlines() if line.strip()]

    def _check_parts(self) -> None:
        titles = self._parts()
        if not 2 <= len(titles) <= PARTS_LIMIT:
            self.add_error("parts", gettext("Give two to twenty titles, each in a line of its own."))
        elif any(len(title) > 200 for title in titles):
            self.add_error("parts", gettext("A title has 200 characters at most. Shorten the long one."))


def _initial(rollover: Rollover, action_point: ActionPoint, stored: Decision | None) -> dict[str, Any]:
    """The decision as it is stored, or the action point as it is, under the copy of its issue."""
    initial: dict[str, Any] = {"title": action_point.title, "seen": ""}
    copies = rollover.issues.filter(copied_from=action_point.issue_id)
    initial["issue"] = next((copy.pk for copy in copies), None)
    if stored is None:
        return initial
    targets = list(stored.targets.all())
    initial |= {"kind": stored.kind, "reason": stored.reason, "outcome": stored.outcome, "seen": str(stored.revision)}
    if targets and stored.kind in {Decision.Kind.CARRY, Decision.Kind.SPLIT}:
        initial |= {"issue": targets[0].issue_id, "number": targets[0].number, "title": targets[0].title}
    if stored.kind == Decision.Kind.SPLIT:
        initial["parts"] = "\n".join(target.title for target in targets)
        initial["title"] = action_point.title
    if targets and stored.kind in {Decision.Kind.MERGE, Decision.Kind.SUPERSEDE}:
        initial["into"] = targets[0].pk
    return initial
