"""What came of one attempt: the words that are logged, and what each means for the log (F14)."""

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
