"""What the agreement in force has words for, so that leads come in under its words and no others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accord.agreement.plain import clean
from accord.agreement.terms import Agreement
from accord.errors import EntryInvalid, Problem
from accord.lead.scoring import asked_of
from accord.lead.texts import key_of
from accord.server.desk import terms

Choices = Sequence[tuple[str, str]]  # value and what people read


@dataclass(frozen=True)
class Words:
    """What to choose from; all empty where no agreement is in force."""

    lead_types: Choices = ()
    streams: Choices = ()
    signals: tuple[str, ...] = ()
    personas: tuple[str, ...] = ()  # where prices go by them

    def choices(self, field: str) -> Choices:
        """What a field may say; empty where it may say anything."""
        return {"lead_type": self.lead_types, "stream": self.streams}.get(field, ())

    def meant(self, lead_type: str) -> str:
        """A lead type as the agreement spells it, from its name or its label; EntryInvalid for none."""
        if not lead_type or not self.lead_types or lead_type in dict(self.lead_types):
            return lead_type
        said = key_of(lead_type)
        found = [name for name, label in self.lead_types if said in (key_of(name), key_of(label))]
        if len(found) == 1:
            return found[0]
        known = ", ".join(name for name, _label in self.lead_types)
        what = f"the agreement has no lead type “{clean(lead_type, 80)}”"
        raise EntryInvalid([Problem("", 0, "lead_type", what, f"make it one of these: {known}")])


def words_at(at: datetime) -> Words:
    """The words of the version in force at `at`."""
    found = terms.in_force(at)
    return words_of(found[1]) if found else Words()


def words_of(agreement: Agreement) -> Words:
    return Words(
        lead_types=[(name, kind.label or name) for name, kind in agreement.lead_types.items()],
        streams=[(name, name) for name in agreement.goal.streams],
        signals=tuple(name for name in asked_of(agreement) if "." not in name),
        personas=tuple(agreement.value.prices) if agreement.value.by == "persona" else (),
    )
