"""The form that withdraws a progress update."""

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.conflicts import SendAgain
from tracker.text import validate_line


class WithdrawalForm(SendAgain, forms.Form):
    reason = forms.CharField(
        label=_("Why do you withdraw it?"),
        help_text=_("The update stays readable, marked as withdrawn, with this reason beside it."),
        max_length=500,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
