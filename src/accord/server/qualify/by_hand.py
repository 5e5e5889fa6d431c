"""What people decide about leads that the rules leave to them: that one is ready, or goes as it is."""

from datetime import datetime

from accord.errors import EntryInvalid, Problem
from accord.lead.acting import Act
from accord.lead.events import Kind
from accord.lead.standing import Standing
from accord.server.audit.trail import Actor
from accord.server.desk import acts
from accord.server.desk.acts.doing import begin, must_be
from accord.server.desk.handing_off import hand_off
from accord.server.desk.models import Lead
from accord.server.desk.recording import one_step
from accord.server.people.models import Side


@one_step()
def qualify(by: Actor, lead: int, note: str, at: datetime) -> Lead:
    """Marketing says that a lead is ready; it is handed off unless information is missing."""
    doing = begin(by, lead, Act.HAND_OFF, at)
    must_be(doing, (Side.MARKETING, Side.OPERATIONS))
    facts = () if doing.held.standing == Standing.QUALIFIED else (doing.fact(Kind.QUALIFIED),)
    doing.add(*facts, note=note)
    return hand_off(doing.held, at, by, why=(f"qualified by {doing.user.name}",))


@one_step()
def send_anyway(by: Actor, lead: int, reason: str, at: datetime) -> Lead:
    """A manager of marketing sends a lead without its minimum information, and says why (S1.21b)."""
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise EntryInvalid(
            [Problem("", 0, "reason", "no reason is given", "say why sales should have it as it is")]
        )
    acts.note(by, lead, f"Sent without all information: {reason}", at)
    return acts.send_anyway(by, lead, at)
