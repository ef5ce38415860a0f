"""The form that saves a list as a view."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from actions.lists.filters import query_without_page
from tracker.text import validate_line


class SaveViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=80, validators=[validate_line])
    is_shared = forms.BooleanField(label=_("Share it with the network"), required=False)
    query = forms.CharField(widget=forms.HiddenInput, max_length=2000, required=False)

    def clean_query(self) -> str:
        """Encode the query as it is stored, which may be longer than what was sent: `é` becomes `%C3%A9`."""
        query = query_without_page(QueryDict(self.cleaned_data["query"]))
        MaxLengthValidator(2000)(query)
        return query
