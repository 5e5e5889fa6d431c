"""Filters of the replays: a share as JSON keeps it, ids for fields, an address for other days."""

import hashlib
from fractions import Fraction
from urllib.parse import parse_qsl, urlencode

from django import template

from accord.server.look.templatetags.look import percent

register = template.Library()


@register.filter
def share(kept: object) -> str:
    """`{"exact": "5/7", …}` as `71.4%`; a dash where nothing is judged."""
    return percent(Fraction(str(kept["exact"])) if isinstance(kept, dict) else None)


@register.filter
def spot(name: str) -> str:
    """An id for whatever name a field has: names come from agreements, and ids go into selectors."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


@register.filter
def with_span(query: str, span: str) -> str:
    """The same address for other days."""
    return urlencode({**dict(parse_qsl(query)), "span": span})
