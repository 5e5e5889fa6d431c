"""The texts of the log: closed lists that facts point into by number, in several scripts, all invented.

Nobody real is named: a contact is a number, an account is an invented company, a rep goes by the agreement's
key.
"""

from dataclasses import dataclass
from itertools import accumulate, pairwise

from accord.agreement.terms import Agreement, Side
from accord.lead.events import Kind
from accord.lead.outcomes import NOT_SATISFIED as UNSATISFIED
from accord.lead.outcomes import SATISFIED
from accord.simulate.market import Cell

NOBODY = -1  # the number of a text that is not there

KINDS = tuple(kind.value for kind in Kind)
KIND = {kind: number for number, kind in enumerate(Kind)}
SIDES = ("marketing", "sales", "prospect", "machine")
MARKETING, SALES, PROSPECT, MACHINE = range(4)
CHANNELS = ("call", "voicemail", "email", "chat", "sms", "video", "social", "visit", "other")
CALL, VOICEMAIL, EMAIL, CHAT = range(4)
OUTCOMES = (
    *("connected", "no answer", "busy", "voicemail", "sent", "by silence", "complete", "incomplete"),
    *(SATISFIED, UNSATISFIED),
)
CONNECTED, NO_ANSWER, BUSY, TO_VOICEMAIL, SENT, BY_SILENCE, COMPLETE, INCOMPLETE = range(8)
IS_SATISFIED, NOT_SATISFIED = 8, 9

PERSONAS = ("ceo", "director", "manager", "specialist", "مدیر عامل", "müdür", "ผู้จัดการ", "مدير المشتريات")
SEGMENTS = ("small", "medium", "large")
SOURCES = (
    "search",
    "webinar",
    "newsletter",
    "partner page",
    "trade fair",
    "şablon indirme",
    "معرض",
    "سمینار",
)
ACCOUNT_STEMS = (
    "Nordwind Packaging",
    "Halbmond Logistik",
    "Çınar Ambalaj",
    "Işık Yazılım",
    "Dąbrowa Meble",
    "Ærø Ferries",
    "Société Lumière Bleue",
    "Compañía Río Claro",
    "کارخانه آفتاب",
    "بازرگانی نیلوفر",
    "شركة النخيل",
    "مصنع الفجر",
    "บริษัท ดอกบัวทอง",
    "ร้านสายรุ้ง",
    "株式会社あさひ紙業",
    "한빛상사",
    "Берёзка Трейд",
    "Αφοί Θαλασσινού",
    "חברת הזית",
    "Quill & Anchor, Ltd.",
)
STRANGERS = ("crm-sync", "leaver-04", "کاربر ناشناس", "ผู้ใช้เก่า")  # actors whom the agreement does not know
LOST_REASONS = ("price", "competitor", "no decision", "timing", "no budget")
RETURN_REASONS = ("unreached", "not ready")
CHURN_REASONS = ("price", "competitor", "no longer needed", "went out of business")
UNREACHED = "unable_to_reach"


@dataclass(frozen=True)
class Names:
    """The lists of one company, and where in them what stands."""

    actors: tuple[
        str, ...
    ]  # reps first, so that a rep's number is an actor's; then marketing, machine, strangers
    marketers: tuple[int, int]  # from, up to before
    machine: int
    strangers: tuple[int, int]
    reasons: tuple[str, ...]
    rejects: tuple[int, int]
    disqualified: tuple[int, int]
    lost: tuple[int, int]
    returned: tuple[int, int]
    unreached: int
    churned: tuple[int, int]
    outcomes: tuple[str, ...]
    track: int  # the outcome that names the nurture track
    personas: tuple[str, ...]
    segments: tuple[str, ...]
    lead_types: tuple[str, ...]
    streams: tuple[str, ...]
    agreement: str
    calendar: str

    @classmethod
    def of(
        cls, agreement: Agreement, market: tuple[Cell, ...], reps: tuple[str, ...], calendar: str
    ) -> "Names":
        marketers = [key for key, who in agreement.people.items() if who.side is Side.MARKETING] or [
            "marketing"
        ]
        actors = (*reps, *marketers, "automation", *STRANGERS)
        rejects = agreement.handoff.reject_reasons or ("other",)
        given_up = tuple(reason for reason in agreement.follow_up.disqualify_reasons if reason != UNREACHED)
        groups = (rejects, given_up or ("no_fit",), LOST_REASONS, RETURN_REASONS)
        ends = [0, *accumulate(len(group) for group in groups)]
        spans = list(pairwise(ends))
        tracks = list(agreement.nurture.tracks)
        track = agreement.handoff.return_after.to or (tracks[0] if tracks else "reengage")
        by, prices = agreement.value.by, tuple(agreement.value.prices)
        return cls(
            actors=actors,
            marketers=(len(reps), len(reps) + len(marketers)),
            machine=len(reps) + len(marketers),
            strangers=(len(actors) - len(STRANGERS), len(actors)),
            reasons=(*(reason for group in groups for reason in group), UNREACHED, *CHURN_REASONS),
            rejects=spans[0],
            disqualified=spans[1],
            lost=spans[2],
            returned=spans[3],
            unreached=ends[-1],
            churned=(ends[-1] + 1, ends[-1] + 1 + len(CHURN_REASONS)),
            outcomes=(*OUTCOMES, track),
            track=len(OUTCOMES),
            personas=prices if by == "persona" and prices else PERSONAS,
            segments=prices if by == "segment" and prices else SEGMENTS,
            lead_types=tuple(cell.lead_type for cell in market),
            streams=tuple(cell.stream for cell in market),
            agreement=agreement.in_force_label,
            calendar=calendar,
        )
