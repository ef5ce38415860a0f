"""Define the forms about people: for admins, and for their own preferences."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tracker.changed_fields import ChangedFieldsForm
from tracker.languages import own_names
from tracker.people import time_zones
from tracker.people.mailboxes import canonical
from tracker.people.models import Agency, Role, User
from tracker.searchable import validate_words
from tracker.text import validate_line

if TYPE_CHECKING:
    _Form = forms.ModelForm[User]
    _AgencyForm = forms.ModelForm[Agency]
else:
    _Form = _AgencyForm = forms.ModelForm

_ADDRESS_TAKEN = _("Another person has this address.")
MAX_PAUSE = timedelta(days=366)


class _DayInput(forms.DateInput):
    """Choose a day in the browser's calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _PersonForm(_Form):
    """Edit a person: the time zone is chosen from a list, each language has its own name, and the address must be free."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Choose your city, or the nearest large one."), initial="UTC"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zones = time_zones.choices()
        if not time_zones.is_choice(current := self.instance.time_zone):
            zones = [(current, current), *zones]  # an older name of a zone is kept until another is chosen
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]
        self.fields["language"].choices = own_names()  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email = canonical(self.cleaned_data["email"])
        if User.objects.filter(email=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_ADDRESS_TAKEN)
        return email


class PersonForm(ChangedFieldsForm, _PersonForm):
    """Edit a person in the admin site. People set their passwords themselves."""

    class Meta:
        model = User
        fields = [
            "email",
            "name",
            "role",
            "agency",
            "language",
            "time_zone",
            "wants_digests",
            "digest_ceiling",
            "digests_paused_until",
            "is_active",
        ]


class InvitationForm(_PersonForm):
    """Invite a person."""

    class Meta:
        model = User
        fields = ["name", "email", "role", "agency", "language", "time_zone"]
        labels = {
            "name": _("Name"),
            "email": _("Email address"),
            "role": _("Role"),
            "agency": _("Agency"),
            "language": _("Language"),
        }
        help_texts = {
            "email": _("The invitation goes there, and the person signs in with it."),
            "role": _(
                "Focal points log progress for their agency. Coordinators log it for any agency, and manage the agendas."
            ),
            "agency": _("Focal points need one; for coordinators and admins it is optional."),
        }
        # They are about somebody else than the person whom the browser knows.
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, may_choose_role: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_choose_role:
            del self.fields["role"]
            self.instance.role = Role.FOCAL_POINT

    def clean_agency(self) -> Agency | None:
        agency: Agency | None = self.cleaned_data["agency"]
        if agency is None and self.cleaned_data.get("role", Role.FOCAL_POINT) == Role.FOCAL_POINT:
            raise ValidationError(gettext("Choose the agency of the focal point."))
        return agency

    def already_invited(self) -> User | None:
        """Return the person whom the same form added when it was sent before; None if there is none. One query."""
        if self.is_valid() or not (email := self["email"].data):
            return None
        found = User.objects.active().filter(email=email).first()
        names = [name for name in self.fields if name != "email"]
        values = model_to_dict(found, fields=names) if found else {}
        return None if any(self.fields[name].has_changed(values[name], self[name].data) for name in values) else found

    def add(self) -> User:
        """Add the person, who cannot sign in before choosing a password. Raises ValidationError if the address has been taken."""
        try:
            with transaction.atomic():
                return User.objects.create_user(password=None, **self.cleaned_data)
        except IntegrityError as error:
            raise ValidationError(_ADDRESS_TAKEN) from error


class NewAgencyForm(_AgencyForm):
    """Add an agency to the directory."""

    class Meta:
        model = Agency
        fields = ["acronym", "name", "kind", "parent"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["parent"].queryset = Agency.objects.filter(parent=None)  # type: ignore[attr-defined]


class DirectorySearch(forms.Form):
    q = forms.CharField(
        label=_("Name, address or agency"),
        max_length=100,
        required=False,
        validators=[validate_line, validate_words],
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class PreferencesForm(_PersonForm):
    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "wants_digests", "digest_ceiling", "digests_paused_until"]
        labels = {
            "name": _("Name"),
            "language": _("Language"),
            "wants_digests": _("Send me reminder digests"),
            "digest_ceiling": _("How often"),
            "digests_paused_until": _("No digests until"),
        }
        help_texts = {
            "wants_digests": _("One mail with what is waiting for you, and none when you are up to date."),
            "digest_ceiling": _("Coordinators set when digests go out. You can have fewer."),
            "digests_paused_until": _("While you are away, for example. Digests start again on that day."),
        }
        widgets = {"digests_paused_until": _DayInput, "digest_ceiling": forms.RadioSelect}

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        for name in ("name", "language"):
            self.fields[name].widget.attrs["autocomplete"] = name
        if (until := self.instance.digests_paused_until) and until <= today:
            self.initial["digests_paused_until"] = None

    def clean_digests_paused_until(self) -> date | None:
        until: date | None = self.cleaned_data["digests_paused_until"]
        if until and until <= self.today:
            raise ValidationError(gettext("Choose a day after today, or leave it empty."))
        if until and until > self.today + MAX_PAUSE:
            raise ValidationError(gettext("A pause can last at most a year. Choose an earlier day."))
        return until

    def save(self, commit: bool = True) -> User:
        """Store only what was changed here: an admin may be changing the same person."""
        self.instance.save(update_fields=self.changed_data)
        return self.instance
