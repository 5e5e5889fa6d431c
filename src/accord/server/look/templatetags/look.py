"""Template tags and filters: the one formatting module for pages, and what may be done by whom.

A filter given None, or what is no figure, writes a dash that is read aloud as unknown.
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accord.agreement.terms import Status
from accord.server.access import may as allowed
from accord.server.look import figures as say

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: template.Context, name: str, method: str = "GET") -> bool:
    """Whether the person before the page may use an address: `{% may "draft" "POST" as can_write %}`."""
    user = getattr(context.get("request"), "user", None)
    return allowed(user if user is not None and user.is_authenticated else None, name, method)


def _or_unknown(text: str | None) -> str:
    if text is not None:
        return text
    dash = '<span class="unknown"><span aria-hidden="true">{}</span><span class="hidden">{}</span></span>'
    return format_html(dash, say.DASH, _("unknown"))


@register.filter
def number(value: object, digits: int = 0) -> str:
    """`1,560`; `{{ rate|number:2 }}` with two digits."""
    return _or_unknown(say.number(value, digits))


@register.filter
def money(value: object, currency: str) -> str:
    """`USD 499,596`."""
    return _or_unknown(say.money(value, currency))


@register.filter
def percent(fraction: object, digits: int = 1) -> str:
    """0.714 is `71.4%`."""
    return _or_unknown(say.percent(fraction, digits))


@register.filter
def amount(value: object, unit: str) -> str:
    """A figure in its unit: a `share`, a count of `leads`, or money of a currency."""
    return _or_unknown(say.amount(value, unit))


@register.filter
def duration(seconds: object, clock: str = "") -> str:
    """Seconds in words: `1 h 30 min`; `{{ s|duration:"wall" }}` has days."""
    return _or_unknown(say.length(seconds, wall=clock == "wall"))


@register.filter
def day(value: object, form: str = "") -> str:
    """`16 March 2026`; `{{ d|day:"short" }}` is `16 Mar`."""
    return _or_unknown(say.day(value, short=form == "short"))


@register.filter
def instant(value: object) -> str:
    """`Mon 16 Mar 2026, 12:00` on the viewer's clock."""
    return _or_unknown(say.instant(value, timezone.get_current_timezone_name()))


@register.filter
def since(value: object) -> str:
    """`3 hours ago`, with the instant behind it for whoever points at it."""
    if not isinstance(value, datetime):
        return _or_unknown(None)
    words = say.since(value, timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), instant(value), words)


@register.filter
def promised(fraction: object) -> str:
    """A share as the agreement writes it: 0.9 is `90%`."""
    return _or_unknown(say.promised_percent(fraction))


@register.filter
def period(first: date, last: date) -> str:
    """`{{ term.start|period:term.end }}` is `1–31 March 2026`."""
    return say.period(first, last)


@register.filter
def shown(value: object, longest: int = 120) -> str:
    """Somebody's text on one line, without what would turn it around; escaping is the template's work."""
    return say.name(value, longest) or ""


_LEVELS = {"success": "good", "warning": "warn", "error": "bad", "debug": "muted"}


@register.filter
def tone_of_level(level: str) -> str:
    """The tone of one of Django's messages by its level tag."""
    return _LEVELS.get(level, "info")


_TONES = {
    Status.DRAFT: "muted",
    Status.PROPOSED: "warn",
    Status.SIGNED: "info",
    Status.ACTIVE: "good",
    Status.EXPIRED: "muted",
    Status.RESET: "muted",
}


@register.filter
def status_tone(status: Any) -> str:
    """The tone of an agreement's status."""
    return _TONES.get(status, "muted")


@register.filter
def status_word(status: Any) -> str:
    """An agreement's status as a word."""
    words = {
        Status.DRAFT: _("draft"),
        Status.PROPOSED: _("proposed"),
        Status.SIGNED: _("signed"),
        Status.ACTIVE: _("in force"),
        Status.EXPIRED: _("expired"),
        Status.RESET: _("replaced"),
    }
    return words.get(status, str(status))
