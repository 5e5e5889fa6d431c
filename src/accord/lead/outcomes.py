"""What came of one attempt, and of a pursuit: the words that are logged, and what each means for the log."""

from enum import StrEnum

from accord.lead.events import Channel


class Outcome(StrEnum):
    CONNECTED = "connected"  # somebody answered: a conversation is logged too
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"  # a call that ends in one is two touches (F14)
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    SENT = "sent"
    BOUNCED = "bounced"


_RINGS = (Outcome.CONNECTED, Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.BUSY, Outcome.WRONG_NUMBER)
_SENT = (Outcome.SENT, Outcome.CONNECTED, Outcome.BOUNCED)
POSSIBLE: dict[Channel, tuple[Outcome, ...]] = {
    Channel.CALL: _RINGS,
    Channel.VOICEMAIL: (Outcome.VOICEMAIL,),
    Channel.EMAIL: _SENT,
    Channel.CHAT: _SENT,
    Channel.SMS: _SENT,
    Channel.VIDEO: (Outcome.CONNECTED, Outcome.NO_ANSWER, Outcome.SENT),
    Channel.SOCIAL: _SENT,
    Channel.VISIT: (Outcome.CONNECTED, Outcome.NO_ANSWER),
    Channel.OTHER: tuple(Outcome),
}
SATISFIED, NOT_SATISFIED = "satisfied", "not satisfied"  # what a customer who is `rated` may say (S4.4)
# Reasons of a loss by which the buyer chose nobody: no rival won, the deal came to nothing (DOMAIN 5.10).
# Written small, with spaces; price, budget and timing are reasons of their own, whoever got the deal.
NO_DECISION = frozenset(
    {
        "no decision",
        "no decision made",
        "indecision",
        "undecided",
        "status quo",
        "did nothing",
        "do nothing",
        "no response",
        "no answer",
        "unresponsive",
        "went silent",
        "went dark",
        "ghosted",
        "on hold",
        "postponed",
        "deferred",
        "project cancelled",
        "project canceled",
    }
)
