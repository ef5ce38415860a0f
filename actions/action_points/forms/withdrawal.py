"""Define the form that withdraws a progress update."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.text import validate_line
from tracker.web.optimistic_lock import VersionedForm


class WithdrawalForm(VersionedForm, forms.Form):
    version_is_number = True

    reason = forms.CharField(
        label=_("Why are you withdrawing it?"),
        help_text=_("The update stays readable, marked as withdrawn, with this reason beside it."),
        max_length=500,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
