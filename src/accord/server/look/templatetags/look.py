"""Template tags and filters: the one formatting module for pages, and what may be done by whom."""

from django import template

from accord.server.access import may as allowed

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: template.Context, name: str, method: str = "GET") -> bool:
    """Whether the person before the page may use an address: `{% may "draft" "POST" as can_write %}`."""
    user = context["request"].user
    return allowed(user if user.is_authenticated else None, name, method)
