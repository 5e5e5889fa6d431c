"""The words of mails and chats: facts in whole sentences, in the reader's language, no prospect's name.

A miss is told as what came and what was promised, of a side and never of a person (S0.10, S0.11, 8.7).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from accord.server.look import figures as say
from accord.server.people.models import Side, User
from accord.server.rituals.models import Announcement, Pack, Sheet
from accord.server.rituals.posting import Letter

if TYPE_CHECKING:
    from accord.server.rituals.nightly import Night

Values = Mapping[str, Any]


def path(name: str, *parts: str) -> str:
    return reverse(name, args=parts)


def address(name: str, *parts: str) -> str:
    """Where a message leads, as people open it."""
    return settings.ENV.url + path(name, *parts)


def side_word(side: str) -> str:
    if side == "both":
        return _("Both sides")
    return str(Side(side).label) if side in Side.values else side


def wanted(value: object, unit: str) -> str:
    """What was promised, a share as the agreement writes it."""
    return say.or_dash(say.promised_percent(value) if unit == "share" else say.amount(value, unit))


# Stand-up -----------------------------------------------------------------------------------------------


def sheet(one: Sheet, link: str) -> Letter:
    """The sheet in a few lines; the leads themselves stand on its page, where rights hold."""
    values = one.values
    lines = [progress_line(row) for row in values["progress"]]
    if values["touches_due"]:
        lines.append(
            _("First touches in time: %(kept)s of %(due)s.")
            % {"kept": say.number(values["touched"]), "due": say.number(values["touches_due"])}
        )
    lines.append(
        _("Leads with anything late: %(overdue)s. At risk today: %(risk)s.")
        % {"overdue": counted(values["overdue"]), "risk": counted(values["risk"])}
    )
    if untouched := values["overdue"].get("untouched"):
        lines.append(untouched_line(untouched))
    lines.append(capacity_line(values["capacity"]))
    if values["capacity"]["left"] is not None:
        lines.append(_("Only leads dealt here count."))
    lines += [
        _("Win: %(what)s") % {"what": win_words(one)},
        _("Block: %(what)s") % {"what": block_words(one)},
    ]
    if decisions := len(values["decisions"]):
        said = ngettext("%(n)d decision is due.", "%(n)d decisions are due.", decisions)
        lines.append(said % {"n": decisions})
    subject = _("Stand-up of %(day)s") % {"day": say.day(one.on)}
    return Letter(subject, _ended([period_line(values), *lines], link))


def period_line(values: Values) -> str:
    first, last = (date.fromisoformat(values[name]) for name in ("from_on", "to_on"))
    return _("Since the last stand-up: %(days)s.") % {"days": say.period(first, last)}


def progress_line(row: Values) -> str:
    known = {
        "title": row["title"],
        "gained": say.or_dash(say.amount(row["gained"], row["unit"], signed=False)),
        "due": say.or_dash(say.amount(row["due"], row["unit"])),
        "pace": say.or_dash(say.percent(row["of_pace"], 1)),
    }
    return _("%(title)s: %(gained)s, the line rose by %(due)s; so far %(pace)s of the line.") % known


def counted(found: Values) -> str:
    return f"{say.number(found['count'])}{'+' if found['more'] else ''}"


def untouched_line(leads: int) -> str:
    """How many leads the score lists as overdue: a count of its own, as the list above it may be cut."""
    said = ngettext(
        "%(n)s lead still waits for a first touch that is late.",
        "%(n)s leads still wait for a first touch that is late.",
        leads,
    )
    return said % {"n": say.number(leads)}


def capacity_line(values: Values) -> str:
    """Who is there today, and the room of the whole month; what was dealt here alone counts."""
    there = _("%(there)s of %(people)s in sales are there") % {
        "there": say.number(values["there"]), "people": say.number(values["people"]),
    }  # fmt: skip
    if values["left"] is None:
        return _("%(there)s; nobody knows their capacity.") % {"there": there}
    left = ngettext(
        "%(there)s, with room for %(left)s more lead this month.",
        "%(there)s, with room for %(left)s more leads this month.",
        values["left"],
    )
    return left % {"there": there, "left": say.number(values["left"])}


def win_words(one: Sheet) -> str:
    """The win in people's words, else in the figure's."""
    return one.win or _win(one.values["win"], one.values["currency"])


def _win(found: Values | None, currency: str) -> str:
    if found is None:
        return _("none in the figures; name one.")
    if found["what"] == "won":
        won = ngettext("%(n)s deal was won", "%(n)s deals were won", found["count"])
        won %= {"n": say.number(found["count"])}
        worth = say.money(found["amount"], currency)
        return f"{won}: {worth}." if worth else f"{won}."
    if found["what"] == "touched":
        said = ngettext(
            "the first touch that was due came in time.",
            "all %(n)s first touches came in time.",
            found["count"],
        )
        return said % {"n": say.number(found["count"])}
    return _("%(promise)s is kept: %(figures)s.") % _about(found["promise"])


def block_words(one: Sheet) -> str:
    """The block in people's words, else in the figure's."""
    return one.block or _block(one.values["block"])


def _block(found: Values | None) -> str:
    if found is None:
        return _("none in the figures; name one.")
    if found["what"] == "unassigned":
        said = ngettext("%(n)s lead is with nobody.", "%(n)s leads are with nobody.", found["count"])
        return said % {"n": say.number(found["count"])}
    if found["what"] == "overdue":
        said = ngettext("%(n)s lead is overdue.", "%(n)s leads are overdue.", found["count"])
        return said % {"n": say.number(found["count"])}
    if found["what"] == "broken":
        return _("%(promise)s is below what was promised: %(figures)s.") % _about(found["promise"])
    return _("%(promise)s is at risk: %(figures)s.") % _about(found["promise"])


def _about(promise: Values) -> dict[str, str]:
    of_share, of_line = _("%(actual)s where %(due)s was promised"), _("%(actual)s of %(due)s due by now")
    figures = (of_share if promise["unit"] == "share" else of_line) % {
        "actual": say.or_dash(say.amount(promise["actual"], promise["unit"])),
        "due": wanted(promise["due"], promise["unit"]),
    }
    return {"promise": f"{promise['title']} ({side_word(promise['side'])})", "figures": figures}


# Decisions ----------------------------------------------------------------------------------------------


def week(found: Mapping[str, Sequence[Values]], today: date, user: User, link: str) -> Letter:
    """The list of the week: late and due first, then what ended."""
    late = [one for one in found["open"] if one["due_on"] < today.isoformat()]
    mine = [one for one in found["open"] if one["owner"] == user.name]
    parts = [
        _block_of(_("Overdue"), late),
        _block_of(_("Open"), [one for one in found["open"] if one not in late]),
        _block_of(_("Done or dropped in the last seven days"), found["ended"]),
    ]
    subject = ngettext("Decisions: %(n)d open", "Decisions: %(n)d open", len(found["open"]))
    subject %= {"n": len(found["open"])}
    if late:
        subject += ngettext(", %(n)d overdue", ", %(n)d overdue", len(late)) % {"n": len(late)}
    own = ngettext("%(n)d of them is yours.", "%(n)d of them are yours.", len(mine)) % {"n": len(mine)}
    return Letter(subject, _ended([*([own] if mine else []), *filter(None, parts)], link, apart=True))


def _block_of(title: str, rows: Sequence[Values]) -> str:
    return "\n".join([f"{title}:", *(f"- {decision_line(one)}" for one in rows)]) if rows else ""


def decision_line(one: Values) -> str:
    due = say.day(date.fromisoformat(one["due_on"]))
    said = _("%(text)s (%(owner)s, due %(due)s)") % {"text": one["text"], "owner": one["owner"], "due": due}
    if one["state"] != "open":
        said = f"{said}: {_('done') if one['state'] == 'done' else _('dropped')}"
    if one["carried"]:
        carried = ngettext("carried over once", "carried over %(n)d times", one["carried"])
        said += f", {carried % {'n': one['carried']}}"
    return f"{said}. {one['note']}".rstrip()


# Night --------------------------------------------------------------------------------------------------


def night(found: "Night", user: User) -> Letter:
    """The nightly mail: a text for screens with its two pictures, and the same numbers as plain text."""
    facts = {
        "night": found,
        "score": address("score"),
        "choice": address("alerts"),
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "user": user,
    }
    subject = _("How %(day)s ended: %(verdict)s") % {
        "day": say.day(found.on),
        "verdict": found.verdict.sentence,
    }
    return Letter(
        subject,
        render_to_string("rituals/mail/night.txt", facts),
        render_to_string("rituals/mail/night.html.txt", facts),
    )


# Pack ---------------------------------------------------------------------------------------------------


def pack(one: Pack, link: str) -> Letter:
    values = one.values
    lines = [values["verdict"], values["because"]]
    lines += [f"{row['label']}: {row['value']}" for row in values["opening"]]
    if one.review_on:
        lines.insert(0, _("The review meeting is on %(day)s.") % {"day": say.day(one.review_on)})
    count = len(values["problems"])
    lines.append(ngettext("%(n)d problem comes first.", "%(n)d problems come first.", count) % {"n": count})
    subject = _("The pack of %(days)s") % {"days": _days(values["from_on"], values["to_on"])}
    return Letter(subject, _ended(list(filter(None, lines)), link))


def pack_is_over(one: Pack) -> str:
    return _("the meeting of this pack was held, or its month is over; it is not made anew")


# Announcements ------------------------------------------------------------------------------------------


def days_of(one: Announcement) -> str:
    return say.period(one.from_on, one.to_on)


def announcement(one: Announcement, link: str) -> Letter:
    """Wins first, then misses, both by side; what is not decided yet is said to be so."""
    if one.kind == Announcement.Kind.EARLY:
        told = one.values["wins"][0]
        subject = _("Reached early: %(title)s") % {"title": told["title"]}
        return Letter(subject, _ended([early_line(told, one)], link))
    parts = [f"{title}\n" + "\n".join(f"- {line}" for line in lines) for title, lines in announced(one)]
    if "restated" in one.values:
        subject = _("Restated: what was announced of %(days)s")
        parts.append(_("The reason stands in the book."))
    elif one.values.get("later"):
        subject = _("Decided since: wins and misses of %(days)s")
    else:
        subject = _("Wins and misses of %(days)s")
    return Letter(subject % {"days": days_of(one)}, _ended(parts, link, apart=True))


def announced(one: Announcement) -> list[tuple[str, list[str]]]:
    """The lists of an announcement with their titles, for mail, chat and page."""
    titles = _titles()
    if "restated" in one.values:
        lines = [restated_line(row["now"], row["was"]) for row in one.values["restated"]]
        return [(_("Restated since it was announced"), lines)]
    if one.kind == Announcement.Kind.EARLY:
        return [(_("Reached early"), [early_line(told, one) for told in one.values["wins"]])]
    lists = [
        (title, [told_line(told) for told in one.values.get(name, ())]) for name, title in titles.items()
    ]
    return [(title, lines) for title, lines in lists if lines]


def _titles() -> dict[str, str]:
    return {
        "wins": _("Kept"),
        "misses": _("Missed"),
        "over": _("More than agreed"),
        "undecided": _("Not decided yet"),
    }


def restated_line(now: Values, was: Values) -> str:
    """One promise as it is after the restatement, and as it was announced."""
    titles = _titles()
    said = _("%(line)s: %(state)s. Announced before: %(was)s, %(before)s.")
    return said % {
        "line": told_line(now),
        "state": titles[now["list"]],
        "was": say.or_dash(say.amount(was["actual"], was["unit"])),
        "before": titles[was["list"]],
    }


def told_line(told: Values) -> str:
    """One promise as colleagues are told of it: whose, what came, what was promised."""
    known = {
        "side": side_word(told["side"]),
        "title": told["title"],
        "actual": say.or_dash(say.amount(told["actual"], told["unit"])),
        "promised": wanted(told["promised"], told["unit"]),
    }
    if told["unit"] != "share":
        return _("%(side)s: %(title)s, %(actual)s of %(promised)s promised") % known
    line = _("%(side)s: %(title)s, %(actual)s where %(promised)s was promised") % known
    if told["of"]:
        line += _(" (%(kept)s of %(of)s)") % {"kept": say.number(told["kept"]), "of": say.number(told["of"])}
    if told.get("few"):
        line += _("; so few say little")
    return line


def early_line(told: Values, one: Announcement) -> str:
    return _("%(line)s, before the last day of %(days)s.") % {"line": told_line(told), "days": days_of(one)}


# Shared -------------------------------------------------------------------------------------------------


def _days(first: str, last: str) -> str:
    return say.period(date.fromisoformat(first), date.fromisoformat(last))


def _ended(lines: Sequence[str], link: str, *, apart: bool = False) -> str:
    """Lines of a text; of a mail with where it leads and where one chooses what one gets."""
    text = ("\n\n" if apart else "\n").join(lines)
    if not link:
        return text
    how = _("What you get by mail: %(address)s") % {"address": address("alerts")}
    return f"{text}\n\n{link}\n\n{how}\n"


def clock(text: str) -> str | None:
    """An instant of a paper on the reader's clock."""
    return say.instant(datetime.fromisoformat(text), timezone.get_current_timezone_name())
