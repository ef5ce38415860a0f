"""Render form fields with a template of the project."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Render label, help text, errors and input with our own template for `{{ field.as_field_group }}`."""

    field_template_name = "_components/field.html"
