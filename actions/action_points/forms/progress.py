"""Define the forms that log progress and correct an update."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.action_points.forms.days import not_to_come
from actions.action_points.forms.evidence import LinksField
from actions.action_points.forms.on_behalf import OnBehalfField, agencies_of, preset_agency
from actions.forms.choices import CheckboxesField
from actions.models import ActionPoint, ProgressUpdate, ReportedStatus
from actions.models.progress_update import NARRATIVE_LIMIT, REASON_LIMIT
from actions.progress import Progress
from tracker.dates.fields import PartialDateFormField
from tracker.dates.value import PartialDate
from tracker.languages import own_names
from tracker.people.models import Agency, User
from tracker.text import validate_line, validate_text
from tracker.web.optimistic_lock import VersionedForm


class StatusField(forms.ChoiceField):
    glossary = "status"


class ProgressForm(VersionedForm, forms.Form):
    """Log progress on an action point."""

    DAYS = ("happened", "reported_on")
    version_is_number = True

    status = StatusField(
        label=_("Status"),
        choices=ReportedStatus,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a status. “No progress” is an answer, too.")},
    )
    reason = forms.CharField(
        label=_("Why is there no progress?"),
        help_text=_("Needed with “No progress”. One honest sentence is enough."),
        required=False,
        validators=[validate_text, MaxLengthValidator(REASON_LIMIT)],
        widget=forms.Textarea(attrs={"rows": 2, "data-counter": REASON_LIMIT, "data-needed-with": "no_progress"}),
    )
    narrative = forms.CharField(
        label=_("What happened?"),
        help_text=_("Markdown: **bold**, *italic*, [text](https://address), lists with hyphens."),
        required=False,
        validators=[validate_text, MaxLengthValidator(NARRATIVE_LIMIT)],
        widget=forms.Textarea(attrs={"rows": 7, "data-counter": NARRATIVE_LIMIT, "data-needed-unless": "no_progress"}),
    )
    happened = PartialDateFormField(label=_("When did it happen?"), required=False)
    evidence = LinksField(
        label=_("Links"),
        help_text=_("One per line. Text after the address becomes its title."),
        required=False,
        validators=[validate_text],
    )
    is_piece = forms.BooleanField(
        label=_("It is about a piece of the work only"),
        help_text=_("It counts as a report, and the status stays as it is."),
        required=False,
    )
    agency = OnBehalfField(label=_("On behalf of"), queryset=Agency.objects.none())
    covers_all = forms.BooleanField(
        label=_("It is about the whole action point"),
        help_text=_("It counts for the part of every lead agency."),
        required=False,
    )
    participants = CheckboxesField(
        label=_("Partners"),
        help_text=_("If a lead agency took part, it counts for its part, too."),
        queryset=Agency.objects.none(),
        required=False,
    )
    attributed_to = forms.CharField(
        label=_("Done by, if not an agency in the list"),
        required=False,
        max_length=200,
        validators=[validate_line],
    )
    reported_on = PartialDateFormField(
        label=_("When was it reported?"), help_text=_("Left empty, it is today."), required=False
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=own_names, required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, action_point: ActionPoint, user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for name in self.DAYS:
            self.fields[name].today = today  # type: ignore[attr-defined]
        agencies = Agency.objects.order_by("acronym")
        self.fields["participants"].queryset = agencies  # type: ignore[attr-defined]
        field: Any = self.fields["agency"]
        field.offer(self._agencies(agencies, user, action_point), action_point.leads, nobody=self._may_be_nobody(user))
        if not user.is_coordinating:
            for name in ("attributed_to", "reported_on", "covers_all"):
                del self.fields[name]
        self.initial.setdefault("agency", preset_agency(action_point, user))
        self.initial.setdefault("language", user.language)
        self.initial.setdefault("submission", uuid.uuid4())

    @staticmethod
    def initial_from(typed: dict[str, list[str]]) -> dict[str, Any]:
        """Return typed values (of a draft, a saved form or a preview) as initial values, valid or not."""
        initial: dict[str, Any] = {name: values[0] for name, values in typed.items() if values}
        initial["participants"] = typed.get("participants", [])
        initial |= {name: name in typed for name in ("is_piece", "covers_all")}
        return initial

    def _agencies(self, agencies: Any, user: User, action_point: ActionPoint) -> Any:
        """Return the agencies that the user may report for, all for coordinators."""
        return agencies if user.is_coordinating else agencies.filter(pk__in=agencies_of(action_point, user))

    def _may_be_nobody(self, user: User) -> bool:
        """Return whether the update may be from no agency, so that it covers every part."""
        return user.is_coordinating

    def clean_happened(self) -> PartialDate | None:
        message = gettext(
            "This date is in the future. Add a milestone for what is planned, and log it once it has happened."
        )
        return not_to_come(self.cleaned_data["happened"], self.today, message)

    def clean_reported_on(self) -> PartialDate | None:
        message = gettext("A report cannot be dated in the future.")
        return not_to_come(self.cleaned_data["reported_on"], self.today, message)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "covers_all" not in self.fields and self.data.get(self.add_prefix("covers_all")):
            self.add_error(
                None, gettext("Only coordinators report on the whole action point. Report on the part of your agency.")
            )
        status = data.get("status")
        if status == ReportedStatus.NO_PROGRESS and "reason" in data and not data["reason"]:
            self.add_error(
                "reason", gettext("Say why there is no progress: what holds it up, or what has to come first.")
            )
        elif status and status != ReportedStatus.NO_PROGRESS:
            if "narrative" in data and not data["narrative"]:
                self.add_error("narrative", gettext("Say in a sentence or two what happened."))
            if data.get("reason"):
                self.add_error(
                    "reason",
                    gettext("A reason goes with “No progress”. Move it to “What happened?”, or empty this field."),
                )
        return data

    def progress(self) -> Progress:
        """Return the content of a valid form as plain data."""
        data = self.cleaned_data
        return Progress(
            status=data["status"],
            narrative=data["narrative"],
            reason=data["reason"],
            is_piece=data["is_piece"],
            covers_all=data.get("covers_all", False),
            happened=data["happened"],
            agency=data["agency"],
            attributed_to=data.get("attributed_to", ""),
            participants=[agency for agency in data["participants"] if agency != data["agency"]],
            evidence=data["evidence"],
            language=data["language"],
        )


class CorrectionForm(ProgressForm):
    """Correct `update`, the newest version."""

    def __init__(self, *args: Any, update: ProgressUpdate, **kwargs: Any) -> None:
        self.update = update
        kwargs["initial"] = self.content_of(update) | (kwargs.get("initial") or {})
        super().__init__(*args, action_point=update.action_point, version=update.version, **kwargs)
        self.fields.pop("reported_on", None)

    @staticmethod
    def content_of(update: ProgressUpdate) -> dict[str, Any]:
        return {
            "status": update.status,
            "reason": update.reason,
            "narrative": update.narrative,
            "happened": update.happened,
            "evidence": [(link.url, link.title) for link in update.evidence.all()],
            "is_piece": update.is_piece,
            "covers_all": update.covers_all,
            "agency": update.agency_id,
            "participants": [agency.pk for agency in update.participants.all()],
            "attributed_to": update.attributed_to,
            "language": update.language,
        }

    def _agencies(self, agencies: Any, user: User, action_point: ActionPoint) -> Any:
        if user.is_coordinating:
            return agencies
        return agencies.filter(pk__in=agencies_of(action_point, user) | {self.update.agency_id})

    def _may_be_nobody(self, user: User) -> bool:
        return user.is_coordinating or self.update.agency_id is None

    def progress(self) -> Progress:
        """Return the corrected content. What only coordinators set stays as it is if somebody else corrects the update."""
        progress = super().progress()
        if "attributed_to" in self.fields:
            return progress
        return replace(progress, attributed_to=self.update.attributed_to, covers_all=self.update.covers_all)
