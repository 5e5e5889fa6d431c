"""Words of the desk for templates: channels, duties, verdicts, and names as the agreement has them."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accord.lead.standing import ENDED, IN_SALES
from accord.promises.causes import Cause
from accord.server.queue import showing, story
from accord.server.queue.timing import Left

register = template.Library()
_CAUSES: dict[str, str | Promise] = {
    Cause.SYSTEM: gettext_lazy("it was assigned too late"),
    Cause.INFORMATION: gettext_lazy("information was missing"),
    Cause.CAPACITY: gettext_lazy("nobody had room for it"),
    Cause.ABSENCE: gettext_lazy("its owner was away"),
    Cause.REP: gettext_lazy("its owner was late"),
}
_SALES, _OVER = frozenset(map(str, IN_SALES)), frozenset(map(str, ENDED))


@register.filter
def channel_word(channel: str) -> str:
    return str(showing.CHANNELS.get(channel, story.plain(channel)))


@register.filter
def cause_word(cause: str) -> str:
    return str(_CAUSES.get(cause, story.plain(cause)))


@register.filter
def plainly(text: object) -> str:
    """A name of the agreement as people read it: `below_threshold` is `below threshold`."""
    return story.plain(str(text or ""))


@register.filter
def as_words(text: object) -> str:
    """What a rule is about without its dots: `company.employees` is `company employees`."""
    return showing.undotted(str(text or ""))


@register.filter
def left_words(left: object) -> str:
    return showing.left_words(left) if isinstance(left, Left) else ""


@register.filter
def standing_tone(standing: str) -> str:
    """The tone of where a lead stands."""
    if standing == "won":
        return "good"
    if standing in ("rejected", "disqualified", "lost", "opted_out"):
        return "bad"
    return "info" if standing in _SALES else "muted" if standing in _OVER else "warn"


@register.filter
def points(value: object) -> str:
    """Points of a score with their sign: `+20`, `−20`."""
    if not isinstance(value, int | float):
        return _("unknown")
    return f"+{value:g}" if value >= 0 else f"\N{MINUS SIGN}{abs(value):g}"
