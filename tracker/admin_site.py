"""Adapt Django's admin site: signing in, and what the pages of all records have in common."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import models
from django.forms import BaseModelFormSet, ModelForm
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from tracker.admin_forms import ID, MAX_PARTS, FormFields
from tracker.changed_fields import ChangedFieldsForm
from tracker.folding import words_of
from tracker.searchable import MAX_WORDS
from tracker.transactions import for_update

# Groups are not used. Second factors hold secrets that nobody should see.
_WITHOUT_PAGES = {"auth", "account", "mfa"}
_COLUMNS = re.compile(r"(-?[0-9]{1,2}(\.-?[0-9]{1,2})*)?")
# What Django's filters append to the path of a field.
_FILTERS = ("exact", "id__exact", "isnull", "isempty", "gte", "lt", "year", "month", "day")
# What the hidden fields that count the parts of a page end with.
_COUNTS = (f"-{TOTAL_FORM_COUNT}", f"-{INITIAL_FORM_COUNT}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class _Suggestions(AutocompleteJsonView):
    """Offer people and agencies to everybody who may open the admin site, although only admins see their pages."""

    def has_perm(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.admin_site and self.admin_site.has_permission(request))

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        found = super().serialize_result(obj, to_field_name)
        return found | ({"text": self.model_admin.as_choice(obj)} if isinstance(self.model_admin, RecordAdmin) else {})


class AdminSite(admin.AdminSite):
    """Use the tracker's sign-in, so that a second factor counts, and answer faulty addresses with 400 or 404."""

    site_header = site_title = _("Administration")
    index_title = _("Records")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        given: Any = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        shown = [model for model in given if model._meta.app_label not in _WITHOUT_PAGES]
        super().register(shown, admin_class, **options)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index", current_app=self.name)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not self.has_permission(request):
            raise PermissionDenied(gettext("The administration is for coordinators and admins."))
        return redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return _Suggestions.as_view(admin_site=self)(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        return super().admin_view(_refuse_unsearchable(view), cacheable)


def _refuse_unsearchable(view: Callable[..., Any]) -> Callable[..., Any]:
    """Answer 400 to an address with characters or numbers that the database cannot search for."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        texts = [request.path, *request.GET, *(value for values in request.GET.lists() for value in values[1])]
        if any(_UNPRINTABLE.search(text) for text in texts):
            raise BadRequest(gettext("The address contains characters that cannot be searched for."))
        if not all(ID.fullmatch(chosen) for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest(gettext("The selection contains something that is not a record."))
        if not all(_COLUMNS.fullmatch(order) for order in request.GET.getlist(ORDER_VAR)):
            raise BadRequest(gettext("The list cannot be sorted in this way."))
        for text in (*request.GET.getlist(SEARCH_VAR), *request.GET.getlist("term")):
            if len(words_of(text)) > MAX_WORDS:
                raise BadRequest(gettext("Too many words. Search for %(limit)s at most.") % {"limit": MAX_WORDS})
        _refuse_impossible_parts(request)
        try:
            return view(request, *args, **kwargs)
        except OverflowError as error:
            raise BadRequest(gettext("The address contains a number that is too large.")) from error

    return inner


def _refuse_impossible_parts(request: HttpRequest) -> None:
    """Raise BadRequest if the form's own counts of its parts are no numbers, or more than a page can have: each part costs time."""
    for name, values in request.POST.lists():
        if name.endswith(_COUNTS) and not all(ID.fullmatch(value) and int(value) <= MAX_PARTS for value in values):
            raise BadRequest(
                gettext(
                    "The form does not say how many parts it has, or has more than %(limit)s. Nothing was saved; open the page again."
                )
                % {"limit": MAX_PARTS}
            )


class ListAdmin(admin.ModelAdmin):
    """Filter the list by `list_filter` and `date_hierarchy` only.

    Django accepts every column of the model in the address: `?password__startswith=` would reveal a password hash.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        declared: list[Any] = [*self.list_filter, *([self.date_hierarchy] if self.date_hierarchy else [])]
        paths = [each[0] if isinstance(each, tuple) else getattr(each, "parameter_name", each) for each in declared]
        return any(lookup == path or lookup in {f"{path}__{suffix}" for suffix in _FILTERS} for path in paths)


class ReadOnlyAdmin(ListAdmin):
    """Show records that the admin site neither adds, nor changes, nor deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordAdmin(FormFields, ListAdmin, SimpleHistoryAdmin):
    """Edit a record with its history. Saving writes only what was changed in the form, so that nobody's work is undone."""

    form = ChangedFieldsForm
    list_per_page = 50
    list_max_show_all = 200
    object_history_list_template = "admin/_record_history.html"  # the library's has inline styles and a query a row
    history_list_per_page = 20  # few: the library asks four times a row for the lists of an action point
    protected_relations: Sequence[str] = ()
    """Relations that keep the record from being deleted while they contain anything."""

    def as_choice(self, record: Any) -> str:
        """Return what the record is called in a list of choices."""
        return str(record)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> Any:
        """Answer 400 to a form that was refused, as on all other pages."""
        page: Any = super().render_change_form(request, context, *args, **options)
        page.status_code = 400 if context.get("errors") else page.status_code
        return page

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        obj._history_user = request.user
        if change:
            columns = _columns(obj, form.changed_data)
            _lock_and_refresh(obj, columns)
            obj.save(update_fields=columns)
        else:
            obj.save()

    def save_related(
        self, request: HttpRequest, form: Any, formsets: "Iterable[BaseModelFormSet[Any, Any]]", change: bool
    ) -> None:
        if change:
            form.save_changed_lists()
        else:
            form.save_m2m()
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: "BaseModelFormSet[Any, Any]", change: bool
    ) -> None:
        formset.save(commit=False)
        for changed, names in formset.changed_objects:
            columns = _columns(changed, names)
            _lock_and_refresh(changed, columns)
            changed.save(update_fields=columns)
        for added in formset.new_objects:  # after what ends: an agency may lead again
            added.save()
        for deleted in formset.deleted_objects:
            deleted.delete()
        for saved in formset.saved_forms:
            saved.save_m2m() if saved.instance in formset.new_objects else saved.save_changed_lists()

    def get_deleted_objects(
        self, objs: Iterable[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        objs = list(objs)
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        protected += [
            str(each) for obj in objs for name in self.protected_relations for each in getattr(obj, name).all()[:20]
        ]
        # What keeps the record from being deleted is more helpful than which permission is missing.
        return deleted, counts, set() if protected else lacking, protected

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show an earlier state. To restore it, people change the record on its page."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied(gettext("An earlier state can be read, not restored: change the record itself."))
        if not (object_id.isdecimal() and version_id.isdecimal()):
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)


def _columns(obj: models.Model, names: Iterable[str]) -> list[str]:
    """Return the columns of these form fields, with the edges of partial dates. The form saves many-to-many fields."""
    fields: list[Any] = [obj._meta.get_field(name) for name in names]
    columns = [field for field in fields if not field.many_to_many]
    return [field.name for field in columns] + [edge for field in columns for edge in getattr(field, "edges", [])]


def _lock_and_refresh(obj: models.Model, columns: Sequence[str]) -> None:
    """Lock the row and read its other columns as they are stored now, so that the history has what others have changed meanwhile."""
    others = [field.attname for field in obj._meta.concrete_fields if field.name not in columns]
    stored: Any = type(obj)._base_manager
    obj.refresh_from_db(fields=others, from_queryset=for_update(stored.all()))
