"""How forms become HTML."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """`{{ field.as_field_group }}` renders our own template: label, help, errors, then the field."""

    field_template_name = "_components/field.html"
