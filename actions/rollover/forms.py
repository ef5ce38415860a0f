"""Validate the name, the issues and the decisions of the next agenda."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.forms.unique_in_parent import UniqueInParentForm
from actions.models import ActionPoint
from actions.models.action_point import REFERENCE
from actions.rollover.decisions import Choice
from actions.rollover.models import MAX_NUMBER, Decision, PlannedIssue, PlannedPoint, Rollover
from issues.models import Agenda
from tracker.text import validate_line, validate_text
from tracker.web.optimistic_lock import VersionedForm

MAX_LISTED = 200
"""With more planned action points, the form lists only those of the same issue; others are chosen by number."""

MAX_SPLIT = 20
"""How many action points one can be split into."""

MAY_JOIN = {Decision.Kind.MERGE, Decision.Kind.SUPERSEDE}
"""These kinds lead to a planned action point or to a new one."""


class RolloverForm(forms.ModelForm):
    """Name the next agenda."""

    class Meta:
        model = Rollover
        fields = ["slug", "title"]

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if Agenda.objects.filter(slug=slug).exists():
            raise ValidationError(gettext("Another agenda already has this short name. Choose a different one."))
        return slug


class PlannedIssueForm(UniqueInParentForm):
    parent = "rollover"

    class Meta:
        model = PlannedIssue
        fields = ["number", "title", "rationale"]


class CarryForwardForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, validators=[validate_line])


class DecisionForm(VersionedForm, forms.Form):
    """Decide on one action point. Fields that the chosen kind does not need are ignored."""

    kind = forms.ChoiceField(label=_("What happens to it?"), choices=Decision.Kind, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody who may read the new agenda sees this reason."),
        max_length=500,
        validators=[validate_line],
    )
    outcome = forms.ChoiceField(
        label=_("Closed as"), choices=Decision.Outcome, required=False, widget=forms.RadioSelect
    )
    into = forms.ModelChoiceField(
        PlannedPoint.objects.none(),
        label=_("Merge into, or supersede with"),
        empty_label=_("a new action point, described below"),
        required=False,
    )
    into_number = forms.CharField(
        label=_("Or its number in the new agenda"),
        help_text=_(
            "The list has only the action points of this issue. For any other one type its number, such as 3.2."
        ),
        required=False,
        max_length=60,
        validators=[validate_line],
    )
    issue = forms.ModelChoiceField(PlannedIssue.objects.none(), label=_("Issue of the new agenda"), required=False)
    number = forms.IntegerField(
        label=_("Number"),
        help_text=_("Leave it empty to keep the old number, or to get the next one if that is taken."),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_NUMBER)],
    )
    title = forms.CharField(label=_("Title"), max_length=200, required=False, validators=[validate_line])
    titles = forms.CharField(
        label=_("Split into"),
        help_text=_(
            "Write the title of each new action point on its own line. The first one gets the open milestones."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[validate_text],
    )

    def __init__(
        self,
        *args: Any,
        rollover: Rollover,
        action_point: ActionPoint,
        decision: Decision | None,
        saved: dict[str, Any],
        **kwargs: Any,
    ):
        super().__init__(*args, version=decision.version if decision else "", **kwargs)
        self.initial.update(_initial(rollover, action_point, decision) | saved)
        points = PlannedPoint.objects.filter(issue__rollover=rollover).select_related("issue")
        if decision and decision.kind in {Decision.Kind.CARRY, Decision.Kind.SPLIT}:
            points = points.exclude(pk__in=[target.pk for target in decision.targets.all()])
        self.rollover, self.planned_points = rollover, points
        if points.count() > MAX_LISTED:
            points = points.filter(Q(issue__copied_from=action_point.issue_id) | Q(pk=_stored_target(decision)))
        else:
            del self.fields["into_number"]
        self.fields["into"].queryset = points  # type: ignore[attr-defined]
        self.fields["issue"].queryset = rollover.issues.all()  # type: ignore[attr-defined]

    def clean_into_number(self) -> PlannedPoint | None:
        typed = self.cleaned_data["into_number"]
        reference = REFERENCE.fullmatch(typed)
        point = None
        if reference and reference[1] in (None, self.rollover.slug):
            point = self.planned_points.filter(issue__number=reference[2], number=reference[3]).first()
        if typed and not point:
            message = gettext("The new agenda has no action point %(number)s. Look its number up in the overview.")
            raise ValidationError(message, "unknown", {"number": typed})
        return point

    def clean(self) -> dict[str, Any]:
        kind = self.cleaned_data.get("kind")
        if point := self.cleaned_data.get("into_number"):
            self.cleaned_data["into"] = point
        if kind == Decision.Kind.CLOSE:
            self._require("outcome", gettext("Choose whether it is completed or discontinued."))
        elif kind == Decision.Kind.SPLIT:
            self._require_issue()
            self._check_titles()
        elif kind == Decision.Kind.CARRY or (kind in MAY_JOIN and not self._has_target()):
            self._require_issue()
            self._require("title", gettext("Give the new action point a title."))
        return self.cleaned_data

    def choice(self) -> Choice:
        data, kind = self.cleaned_data, self.cleaned_data["kind"]
        if kind == Decision.Kind.CLOSE:
            return Choice(kind=kind, reason=data["reason"], outcome=data["outcome"])
        if kind in MAY_JOIN and data["into"]:
            return Choice(kind=kind, reason=data["reason"], into=data["into"])
        titles = self._split_titles() if kind == Decision.Kind.SPLIT else [data["title"]]
        return Choice(kind=kind, reason=data["reason"], issue=data["issue"], number=data["number"], titles=titles)

    def _require(self, name: str, message: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, message)

    def _require_issue(self) -> None:
        self._require("issue", gettext("Choose an issue of the new agenda."))

    def _has_target(self) -> bool:
        """Return whether a planned action point was chosen, or something that is reported as an error already."""
        return bool(self.cleaned_data.get("into")) or not self.errors.keys().isdisjoint({"into", "into_number"})

    def _split_titles(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["titles"].splitlines() if line.strip()]

    def _check_titles(self) -> None:
        if "titles" in self.errors:
            return
        titles = self._split_titles()
        if not 2 <= len(titles) <= MAX_SPLIT:
            self.add_error("titles", gettext("Write 2 to 20 titles, each on its own line."))
        elif any(len(title) > 200 for title in titles):
            self.add_error("titles", gettext("One of the titles is longer than 200 characters. Shorten it."))


def _initial(rollover: Rollover, action_point: ActionPoint, decision: Decision | None) -> dict[str, Any]:
    """Return initial values from the stored decision or, without one, from the action point and the copy of its issue."""
    initial: dict[str, Any] = {"title": action_point.title}
    copy = rollover.issues.filter(copied_from=action_point.issue_id).first()
    initial["issue"] = copy.pk if copy else None
    if decision is None:
        return initial
    initial |= {
        "kind": decision.kind,
        "reason": decision.reason,
        "outcome": decision.outcome,
    }
    targets = list(decision.targets.all())
    if targets and decision.kind in {Decision.Kind.CARRY, Decision.Kind.SPLIT}:
        initial |= {"issue": targets[0].issue_id, "number": targets[0].number}
    if targets and decision.kind == Decision.Kind.CARRY:
        initial["title"] = targets[0].title
    if decision.kind == Decision.Kind.SPLIT:
        initial["titles"] = "\n".join(target.title for target in targets)
    if decision.kind in MAY_JOIN:
        initial["into"] = _stored_target(decision)
    return initial


def _stored_target(decision: Decision | None) -> int | None:
    """Return the id of the first planned action point that the decision leads to."""
    targets = decision.targets.all() if decision else ()
    return next((target.pk for target in targets), None)
