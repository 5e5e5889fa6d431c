"""Filters of the replays: a share as JSON keeps it, ids for fields, an address for other days."""

import hashlib
from fractions import Fraction
from urllib.parse import parse_qsl, urlencode

from django import template
from django.utils.translation import gettext_lazy

from accord.ledger.score import PromiseState
from accord.server.look.templatetags.look import percent

register = template.Library()
_STATES = {
    PromiseState.KEPT: ("good", gettext_lazy("kept")),
    PromiseState.AT_RISK: ("warn", gettext_lazy("at risk")),
    PromiseState.BROKEN: ("bad", gettext_lazy("broken")),
    PromiseState.OVER: ("warn", gettext_lazy("over")),
    PromiseState.UNMEASURED: ("muted", gettext_lazy("unmeasured")),
}


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


@register.filter
def state_word(state: str) -> str:
    """How a promise stands, as a word."""
    return str(_STATES[PromiseState(state)][1])


@register.filter
def state_tone(state: str) -> str:
    return _STATES[PromiseState(state)][0]
