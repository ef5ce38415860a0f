"""Addresses and forms of the admin site as a browser sends them."""

from typing import Any

from django.urls import reverse


def page(label: str, name: str, *args: Any) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{name}", args=args)


def shown_in(client, address):
    """The form of a page as a browser would send it, nothing changed: what it shows, and what it showed."""
    context = client.get(address).context
    forms = [context["adminform"].form]
    sent = {}
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for field in form:
            sent[field.html_name] = field.value()
            if field.field.show_hidden_initial:
                sent[field.html_initial_name] = field.value()
    return {name: _sent(value) for name, value in sent.items() if value is not None and value is not False}


def _sent(value):
    if isinstance(value, list | tuple):
        return [getattr(each, "pk", each) for each in value]
    return value
