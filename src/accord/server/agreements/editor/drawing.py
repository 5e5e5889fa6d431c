"""The form of a section as HTML.

A section has hundreds of controls: drawn here in a fraction of the time that a template for each would take.
"""

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accord.server.agreements.editor.fields import Part
from accord.server.agreements.editor.kinds import Kind

_NOTHING = SafeString("")
_SEVERAL = (Kind.NAMED, Kind.LISTED)


def draw_form(form: Part, form_url: str) -> SafeString:
    """All controls of a section; buttons ask `form_url`."""
    if form.path:
        return _part(form, form_url)
    return format_html('<div class="fields">{}</div>', _all(form.parts, form_url))


def draw_spot(part: Part, *, oob: bool = False) -> SafeString:
    """The problems at one part of the form; `oob` to take the place of the spot that is on the page."""
    items = format_html_join(
        "",
        '<li data-severity="{}"><span>{} {}{}</span></li>',
        (
            (
                str(one.severity),
                _("Line %(line)s:") % {"line": one.line},
                one.what,
                f"; {one.allowed}" if one.allowed else "",
            )
            for one in part.problems
        ),
    )
    listed = format_html('<ul class="problems">{}</ul>', items) if items else _NOTHING
    swap = SafeString(' hx-swap-oob="true"') if oob else _NOTHING
    return format_html('<div id="e-{}"{}>{}</div>', part.id, swap, listed)


def _all(parts: Iterable[Part], form_url: str) -> SafeString:
    return SafeString("".join(_part(part, form_url) for part in parts))


def _part(part: Part, form_url: str) -> SafeString:
    if part.fixed:
        return _shown(part)
    return _field(part, form_url) if part.is_control else _group(part, form_url)


def _shown(part: Part) -> SafeString:
    """What the server writes: to be read only."""
    return format_html(
        '<div class="field" id="{}"><span class="field__label">{}</span><output class="mono">{}</output>'
        '<div class="field__help">{}</div>{}</div>',
        part.id,
        part.label,
        part.value or "–",
        part.help,
        draw_spot(part),
    )


def _field(part: Part, form_url: str) -> SafeString:
    flag = part.kind is Kind.FLAG
    return format_html(
        '<div class="field{}">{}<label for="{}"><bdi>{}</bdi>{}</label>'
        '<div class="{}" id="h-{}">{}</div>{}{}{}</div>',
        " field--check" if flag else "",
        _flag(part) if flag else _NOTHING,
        part.id,
        part.label,
        format_html(' <span class="optional">{}</span>', _("(needed)")) if part.required else _NOTHING,
        "field__help hidden" if part.inner else "field__help",
        part.id,
        " ".join(_help(part)),
        _NOTHING if flag else _control(part),
        draw_spot(part),
        _remove(part, form_url, _("Remove")) if part.removable else _NOTHING,
    )


def _help(part: Part) -> Iterable[str]:
    if part.help:
        yield str(part.help)
    if part.usual:
        yield _("Usual: %(usual)s.") % {"usual": part.usual}
    if part.kind is Kind.WORDS:
        yield _("One a line.")
    if part.kind is Kind.BOX:
        yield _("Written as YAML.")


def _flag(part: Part) -> SafeString:
    return format_html(
        '<input type="hidden" name="{}" value="shown"><input type="checkbox" role="switch" id="{}" name="{}" '
        'value="true"{} aria-describedby="h-{} e-{}">',
        part.switch,
        part.id,
        part.name,
        SafeString(" checked") if part.is_on else _NOTHING,
        part.id,
        part.id,
    )


def _control(part: Part) -> SafeString:
    value = part.value if part.typed is None else part.typed
    if part.kind is Kind.CHOICE:
        return _choice(part, value)
    known = (part.id, part.name)
    hint, spot = part.usual or part.example, format_html("h-{} e-{}", part.id, part.id)
    if part.kind in (Kind.WORDS, Kind.BOX) or part.is_long or "\n" in value:
        box = 'class="mono" dir="ltr" spellcheck="false"' if part.kind is Kind.BOX else 'dir="auto"'
        return format_html(
            '<textarea id="{}" name="{}" rows="{}" aria-describedby="{}" {} placeholder="{}">\n{}</textarea>',
            *known,
            part.rows,
            spot,
            SafeString(box),
            hint,
            value,
        )
    return format_html(
        '<input type="text" dir="auto" id="{}" name="{}" value="{}" placeholder="{}" autocomplete="off" '
        'spellcheck="false" aria-describedby="{}">',
        *known,
        value,
        hint,
        spot,
    )


def _choice(part: Part, value: str) -> SafeString:
    none = _("usual: %(usual)s") % {"usual": part.usual} if part.usual else "–"
    other = [value] if value and value not in part.choices else []
    return format_html(
        '<select id="{}" name="{}" aria-describedby="h-{} e-{}"><option value="">{}</option>{}</select>',
        part.id,
        part.name,
        part.id,
        part.id,
        none,
        _options([*other, *part.choices], value),
    )


def _options(choices: Iterable[str], value: str) -> SafeString:
    rows = ((each, SafeString(" selected") if each == value else _NOTHING, each) for each in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


def _group(part: Part, form_url: str) -> SafeString:
    inside = "stack" if part.kind in _SEVERAL else "fields fields--dense" if part.inner else "fields"
    helped = part.help and not part.inner
    return format_html(
        '<fieldset class="{}" id="{}"><legend><bdi>{}</bdi></legend>{}{}{}{}{}{}</fieldset>',
        "card stack" if part.removable else "group stack",
        part.id,
        part.label,
        format_html('<div class="field__help">{}</div>', part.help) if helped else _NOTHING,
        draw_spot(part),
        format_html('<div class="{}">{}</div>', inside, _all(part.parts, form_url))
        if part.parts
        else _NOTHING,
        format_html('<p class="field__help">{}</p>', _left_out(part.left_out)) if part.left_out else _NOTHING,
        _adding(part, form_url) if part.wanted else _NOTHING,
        _remove(part, form_url, _("Remove %(label)s") % {"label": part.label})
        if part.removable
        else _NOTHING,
    )


def _left_out(more: int) -> str:
    said = ngettext("One more is changed in the text.", "%(more)s more are changed in the text.", more)
    return said % {"more": more}


def _button(name: str, part: Part, form_url: str, words: str, label: str = "") -> SafeString:
    return format_html(
        '<button class="button{}" name="{}" value="{}" hx-post="{}" '
        'hx-trigger="click consume, again consume"{}>{}</button>',
        " button--quiet" if name == "remove" else "",
        name,
        part.place,
        form_url,
        format_html(' aria-label="{}"', label) if label else _NOTHING,
        words,
    )


def _remove(part: Part, form_url: str, words: str) -> SafeString:
    label = "" if not part.is_control else _("Remove %(label)s") % {"label": part.label}
    return format_html('<div class="row">{}</div>', _button("remove", part, form_url, words, label))


def _adding(part: Part, form_url: str) -> SafeString:
    """What a new entry must say, and the button that adds it."""
    controls = SafeString("".join(_new(part, new, at) for at, new in enumerate(part.wanted, start=1)))
    words = _("Add to %(label)s") % {"label": part.label}
    return format_html('<div class="toolbar">{}{}</div>', controls, _button("add", part, form_url, words))


def _new(part: Part, new: Part, at: int) -> SafeString:
    place, name = f"n-{part.id}-{at}", f"new:{part.place}:{new.path[0]}"
    value = new.typed or ""
    if new.kind is Kind.CHOICE:
        control = format_html(
            '<select id="{}" name="{}"><option value="">–</option>{}</select>',
            place,
            name,
            _options(new.choices, value),
        )
    else:
        control = format_html(
            '<input type="text" dir="auto" id="{}" name="{}" value="{}" placeholder="{}" autocomplete="off">',
            place,
            name,
            value,
            new.example,
        )
    words = _("New name") if new.label == "New name" else new.label
    return format_html('<div class="field"><label for="{}">{}</label>{}</div>', place, words, control)
