"""The pack of a month: made on the next month's first working day, sent on the eve of the review (S3.17).

Until the meeting is over it can be made anew, then it stays as the meeting saw it. Without an agreed day it
is sent at once and can be made anew as long as the next month lasts.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accord.errors import EditConflict, InputError
from accord.ledger.book_output import DASH
from accord.report.pack import plain
from accord.report.pack_pdf import pack_pdf
from accord.server.audit.models import Action
from accord.server.audit.trail import Actor, record
from accord.server.book import reading
from accord.server.mail.models import Enclosure
from accord.server.rituals import deciding, saying
from accord.server.rituals.counting import counted
from accord.server.rituals.models import Pack
from accord.server.rituals.posting import PACK, post
from accord.server.rituals.timing import Company, company_at, last_of_month, month_before, then

_PROPOSED = 5  # of them at most: who wants all opens the measured inputs
_LARGEST = 4_000_000  # bytes of an attachment that every mail server takes; a larger pack is a link


def make_due(at: datetime) -> Pack | None:
    """Make last month's pack if it is due or somebody asked for it anew; None if there was nothing to do."""
    company = company_at(at)
    if company is None or at < company.morning(company.opening_day(company.today)):
        return None
    month = month_before(company.today)
    pack = Pack.objects.filter(month=month).defer("pdf", "values").first()
    if pack is not None and not (pack.wanted and not is_over(pack, company.today)):
        return None
    return make(company, month)


def make(company: Company, month: date) -> Pack | None:
    """Make the pack of a month with what is known now; None where the month has nothing to show."""
    past = then(company, last_of_month(month))
    first, last = max(month, past.agreement.term.start), min(last_of_month(month), past.agreement.term.end)
    if last < first:
        return None
    score, problem = counted(past, first, last, company.at)
    if score is None:
        Pack.objects.filter(month=month).update(wanted=False, problem=problem)
        return None
    values = plain(
        score, past.agreement, actions=deciding.of_month(first, company.today), proposals=_proposals()
    )
    pdf, problem = _printed(values)
    made: dict[str, Any] = {
        "review_on": company.review(company.today), "made_at": company.at, "agreement": score.agreement,
        "values": values, "pdf": pdf, "problem": problem, "wanted": False,
    }  # fmt: skip
    with transaction.atomic():
        pack, _new = Pack.objects.update_or_create(month=month, defaults=made)
    return pack


def _proposals() -> list[dict[str, Any]]:
    """What the record proposes to change in the agreement: what is more than chance first, a handful."""
    sheet = reading.sheet()
    found = sheet.inputs.get("proposals", []) if sheet else []
    first = sorted(found, key=lambda one: (not one["advised"], -one["n"]))[:_PROPOSED]
    return [
        {
            "what": one["input"],
            "was": one["agreed"] or DASH,
            "new": one["measured"],
            "why": one.get("why", ""),
        }
        for one in first
    ]


def _printed(values: dict[str, Any]) -> tuple[bytes | None, str]:
    try:
        return pack_pdf(values), ""
    except InputError as error:
        return None, str(error)


def send_due(at: datetime) -> bool:
    """Send last month's pack to both sides, on the morning of the last working day before the review."""
    company = company_at(at)
    if company is None:
        return False
    month = month_before(company.today)
    pack = Pack.objects.filter(month=month, sent_at=None).first()
    if pack is None or is_over(pack, company.today) or at < company.morning(_sent_on(company, pack)):
        return False
    link, about = saying.address("pack-month", f"{month:%Y-%m}"), f"{month:%Y-%m}"
    with transaction.atomic():
        if not Pack.objects.filter(pk=pack.pk, sent_at=None).update(sent_at=at):
            return False
        post(PACK, about, at, lambda _user: saying.pack(pack, link), _enclosed(pack))
    return True


def _sent_on(company: Company, pack: Pack) -> date:
    opening = company.opening_day(company.today)
    return max(company.eve(pack.review_on), opening) if pack.review_on else opening


def _enclosed(pack: Pack) -> list[Enclosure]:
    if pack.pdf is None or len(pack.pdf) > _LARGEST:
        return []
    name = f"pack-{pack.month:%Y-%m}.pdf"
    return [Enclosure.objects.create(name=name, kind="application/pdf", data=pack.pdf)]


def is_over(pack: Pack, today: date) -> bool:
    """Whether a pack stays as it is: its meeting was held, or the month after it has ended."""
    held = pack.review_on or last_of_month(last_of_month(pack.month) + timedelta(days=1))
    return today > held


def is_missed(pack: Pack) -> bool:
    """Whether its meeting was held before there was such a pack."""
    company = company_at(pack.made_at)
    made_on = company.today if company else pack.made_at.date()
    return pack.review_on is not None and made_on > pack.review_on


def ask_anew(by: Actor, pack: Pack, today: date) -> None:
    """Have the worker make a pack anew. EditConflict once its meeting was held."""
    if is_over(pack, today):
        raise EditConflict(saying.pack_is_over(pack))
    with transaction.atomic():
        Pack.objects.filter(pk=pack.pk).update(wanted=True)
        record(
            by, Action.PACK_ANEW, f"{pack.month:%Y-%m}", link=saying.path("pack-month", f"{pack.month:%Y-%m}")
        )
