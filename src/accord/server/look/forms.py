"""How forms are drawn, everywhere: `{{ form }}` and `{{ field.as_field_group }}`."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Form templates of this room; widgets come from `django.forms`."""

    form_template_name = "look/form.html"
    field_template_name = "look/field.html"
