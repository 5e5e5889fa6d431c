"""Which persona of the agreement somebody is, by the role that they gave: for leads that name none (5.6)."""

from collections.abc import Iterable

from accord.lead.texts import alike, has_words


def persona_of(role: str, personas: Iterable[str]) -> str:
    """The persona whose words stand in a role, as conditions read roles; empty where none does.

    Of several the one with the most letters is meant, since it says the most: of `manager` and
    `marketing manager` the second. Of two as long the first in the alphabet, so that nothing hangs on the
    order of a list. `vice_president` stands for `vice president`.
    """
    found = [name for name in personas if has_words(role, words_of(name))]
    return min(found, key=lambda name: (-len(alike(words_of(name))), name), default="")


def words_of(persona: str) -> str:
    return persona.replace("_", " ").replace("-", " ")
