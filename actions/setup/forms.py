"""Validate the name of a new agenda, a pasted text, a queued invitation, the leads of action points, and the opening."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from actions.agendas.audience import AsksBeforePublishing
from actions.models import ActionPoint
from actions.setup.lines import clean_text
from actions.setup.models import PastedText, QueuedInvitation
from issues.models import Agenda
from tracker.enumerations import split_at_commas
from tracker.languages import own_names
from tracker.people.mailboxes import canonical
from tracker.people.models import Agency, User
from tracker.text import validate_text
from tracker.web.optimistic_lock import VersionedForm, version_of_content

MAX_CHARACTERS, MAX_LINES = 200_000, 10_000


class NewAgendaForm(forms.ModelForm):
    class Meta:
        model = Agenda
        fields = ["slug", "title", "agreed_on", "reporting_period", "language"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"].choices = own_names()  # type: ignore[attr-defined]

    def stored_before(self) -> Agenda | None:
        """Return the empty draft that the same form stored when it was sent before; None if there is none. One query."""
        if not self.is_bound:
            return None
        names = {"slug": self["slug"].data or "", "title": self["title"].data or ""}
        return Agenda.objects.filter(**names, state=Agenda.State.DRAFT, issues=None).first()


class _PastedTextField(forms.CharField):
    """Take text from any program: byte order marks, page breaks and the like are taken out before it is checked."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class PastedTextForm(VersionedForm, forms.Form):
    """Take a pasted text. Its version is that of the text that is stored."""

    version_required = False

    text = _PastedTextField(
        label=_("Pasted text"),
        max_length=MAX_CHARACTERS,
        strip=False,
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 24, "dir": "auto", "spellcheck": "true"}),
    )

    def __init__(self, *args: Any, stored: PastedText | None, **options: Any) -> None:
        self.stored_text = stored.text if stored and not stored.added_at else ""
        super().__init__(*args, version=version_of_content(self.stored_text), **options)
        self.initial.setdefault("text", self.stored_text)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if (lines := text.count("\n") + 1) > MAX_LINES:
            message = gettext("The text has %(count)s lines; at most %(most)s are possible. Paste it in parts.")
            raise ValidationError(message % {"count": lines, "most": MAX_LINES})
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.stored_text and self.is_outdated and data.get("text") != self.stored_text:
            self.is_conflict = True
            self.send_again_with_version()
            raise ValidationError(
                gettext(
                    "Somebody saved another text while you were typing. Yours is still here: save again to use it instead."
                )
            )
        return data


class QueuedInvitationForm(forms.ModelForm):
    """Queue an invitation of a focal point."""

    class Meta:
        model = QueuedInvitation
        fields = ["name", "email", "agency", "language"]
        labels = {"name": _("Name"), "email": _("Email address"), "agency": _("Agency"), "language": _("Language")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["language"].choices = own_names()  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email = canonical(self.cleaned_data["email"])
        if User.objects.filter(email=email).exists():
            raise ValidationError(gettext("This person is in the directory already."))
        if QueuedInvitation.objects.filter(agenda=self.instance.agenda_id, email__iexact=email).exists():
            raise ValidationError(gettext("This person is already on the list below."))
        return email


class LeadsForm(forms.Form):
    """Take the lead agencies of some action points, as acronyms with commas between them. Only what changed is stored."""

    def __init__(self, data: Any = None, *, points: list[ActionPoint], agencies: dict[str, Agency]) -> None:
        super().__init__(data)
        self.points, self.agencies = points, agencies
        for point in points:
            field = forms.CharField(
                label=_("Lead agencies of %(code)s") % {"code": point.code}, required=False, max_length=400
            )
            field.widget.attrs |= {
                "placeholder": _("no one named"),
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
            self.fields[f"lead-{point.pk}"] = field
            self.initial[f"lead-{point.pk}"] = ", ".join(agency.acronym for agency in point.leads)

    def clean(self) -> dict[str, Any]:
        for point in self.points:
            name = f"lead-{point.pk}"
            typed = [
                *split_at_commas(self.cleaned_data.get(name) or ""),
                *(self.data.getlist(f"named-{point.pk}") if hasattr(self.data, "getlist") else []),
            ]
            unknown = [acronym for acronym in typed if acronym.casefold() not in self.agencies]
            if unknown:
                message = gettext("There is no agency %(acronym)s. Add it in step 2, or correct it.")
                self.add_error(name, message % {"acronym": unknown[0][:40]})
            else:
                self.cleaned_data[name] = [self.agencies[acronym.casefold()] for acronym in typed]
        return self.cleaned_data

    def changes(self) -> list[tuple[ActionPoint, list[Agency], list[Agency]]]:
        """Return the action points that change, with the agencies that are added and that are taken out."""
        changed = []
        for point in self.points:
            wanted = self.cleaned_data[f"lead-{point.pk}"]
            added = [agency for agency in dict.fromkeys(wanted) if agency not in point.leads]
            removed = [agency for agency in point.leads if agency not in wanted]
            changed += [(point, added, removed)] if added or removed else []
        return changed


class OpeningForm(AsksBeforePublishing, forms.Form):
    visible_to = forms.ChoiceField(
        label=_("Who may read it?"),
        choices=Agenda.Audience,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who may read it.")},
    )
    close_source = forms.BooleanField(label=_("Also close the old agenda"), required=False)

    def __init__(self, *args: Any, agenda: Agenda, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"visible_to": agenda.visible_to, "close_source": True}
        self.add_confirmation(was_public=False)
        if not (agenda.follows and agenda.follows.is_open):
            del self.fields["close_source"]
        self.order_fields(["visible_to", "confirm_everybody", "close_source"])
