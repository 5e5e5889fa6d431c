"""The calculator: up to three what-ifs beside the agreement, all of it in the address of the page (S4.39).

    ?of=draft-2&set=win_rate.smb%3D25%25&set2=reps%3D12&at=2&view=months

`set`, `set2` and `set3` hold the settings of the three scenarios as `accord plan --set` takes them; `at` is
the scenario that the inputs change. An address says everything, so it can be sent to somebody.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict

from accord.agreement.signing.proposals import agreement_in
from accord.agreement.terms import Agreement
from accord.errors import PlanImpossible
from accord.plan.changes.settings import split_setting
from accord.plan.changes.whatif import Comparison, apply, side_by_side
from accord.plan.funnel import plan as work_back

SCENARIOS = 3
KEPT = 32  # what-ifs and comparisons that a process remembers
MOST_SETTINGS = 80
LONGEST = 200  # characters of one setting
VIEWS = ("plan", "months", "capacity", "certainty")
_NAMES = ("set", "set2", "set3")
_SIGNS = {"٪": "%", "٫": ".", "٬": ","}  # of numbers in Arabic script


@dataclass(frozen=True)
class Asked:
    """What the address asks for. `sets` has the settings of every scenario, empty where there is none."""

    of: str = ""
    sets: tuple[tuple[str, ...], ...] = ((),) * SCENARIOS
    at: int = 1
    view: str = "plan"
    explain: str = ""  # the number to explain, in the scenario `within` (0: as agreed)
    within: int = 0
    now: bool = False  # work out at once what takes longer
    make: bool = False  # show the draft that the scenario would become

    @property
    def settings(self) -> tuple[str, ...]:
        """Those of the scenario that is being changed."""
        return self.sets[self.at - 1]

    @property
    def shown(self) -> tuple[int, ...]:
        """The scenarios with settings, and the one being changed."""
        return tuple(at for at in range(1, SCENARIOS + 1) if self.sets[at - 1] or at == self.at)

    @property
    def free(self) -> int | None:
        """The first scenario without settings that is not being changed already; None if all are taken."""
        if not self.settings:
            return None
        return next((at for at in range(1, SCENARIOS + 1) if at not in self.shown), None)

    def with_settings(self, at: int, settings: Sequence[str]) -> "Asked":
        return replace(
            self, sets=tuple(tuple(settings) if one == at else old for one, old in enumerate(self.sets, 1))
        )

    def query(self, **changes: object) -> str:
        """The address of this page with something changed, from its question mark on."""
        now = replace(self, **changes)  # type: ignore[arg-type]
        pairs = [("of", now.of)] if now.of else []
        for name, settings in zip(_NAMES, now.sets, strict=True):
            pairs += [(name, setting) for setting in settings]
        pairs += [("at", str(now.at))] if now.at != 1 else []
        pairs += [("view", now.view)] if now.view != VIEWS[0] else []
        pairs += [("explain", now.explain), ("in", str(now.within))] if now.explain else []
        pairs += [("now", "1")] if now.now else []
        pairs += [("make", "1")] if now.make else []
        return f"?{urlencode(pairs)}"


def read_asked(query: QueryDict) -> Asked:
    """What an address asks for; what is too much or unknown is left out."""
    return Asked(
        of=query.get("of", "")[:LONGEST],
        sets=tuple(_settings(query.getlist(name)) for name in _NAMES),
        at=_within(query.get("at"), 1, SCENARIOS, usual=1),
        view=query.get("view", "") if query.get("view") in VIEWS else VIEWS[0],
        explain=query.get("explain", "")[:LONGEST],
        within=_within(query.get("in"), 0, SCENARIOS, usual=0),
        now="now" in query,
        make="make" in query,
    )


def _settings(given: Sequence[str]) -> tuple[str, ...]:
    kept = (" ".join(text.replace("\x00", "").split())[:LONGEST] for text in given[:MOST_SETTINGS])
    return tuple(_in_our_digits(text) for text in kept if text)


def _in_our_digits(setting: str) -> str:
    """The setting with its value in the digits that the domain reads; a key is a name and stays as it is."""
    key, equals, value = setting.partition("=")
    return f"{key}{equals}{plain_digits(value)}" if equals else setting


def plain_digits(text: str) -> str:
    """Digits of any script as ASCII has them, with the signs between and behind them: ۶۰۰٬۰۰۰ is 600,000."""
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else _SIGNS.get(sign, sign) for sign in text
    )


def _within(text: str | None, least: int, most: int, *, usual: int) -> int:
    known = {str(number): number for number in range(least, most + 1)}
    return known.get(text or "", usual)


@dataclass(frozen=True)
class Scenario:
    """One what-if: what it sets, what came of it, and why what was set cannot be."""

    number: int  # from 1; 0 is the agreement as it is
    settings: tuple[str, ...]
    agreement: Agreement | None  # None where nothing can be worked out
    refused: Mapping[str, str]  # by the key of a setting: why
    problem: str = ""  # what is wrong with all of them together


def work_out(text: str, number: int, settings: tuple[str, ...]) -> Scenario:
    """The agreement of a text under these settings; each that cannot be is told by its key, all at once.

    What was worked out lately is kept: whoever slides an input asks for the same columns again and again.
    """
    return replace(_worked_out(text, settings), number=number)


@lru_cache(maxsize=KEPT)
def _worked_out(text: str, settings: tuple[str, ...]) -> Scenario:
    agreement, number = agreement_in(text), 0
    try:
        changed = apply(agreement, settings)
        work_back(changed)
    except PlanImpossible as error:
        refused = _refused(agreement, settings)
        return Scenario(number, settings, None, refused, "" if refused else _plainly(error))
    return Scenario(number, settings, changed, {})


@lru_cache(maxsize=KEPT)
def compared(text: str, columns: tuple[tuple[str, tuple[str, ...]], ...]) -> Comparison:
    """What-ifs of a text side by side, each column by its name and settings that can be; PlanImpossible."""
    found = [(name, apply(agreement_in(text), settings)) for name, settings in columns]
    return side_by_side(found)


def _refused(agreement: Agreement, settings: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in settings:
        try:
            apply(agreement, [text])
        except PlanImpossible as error:
            key = text.partition("=")[0].strip()
            said = str(error)
            found[key] = _plainly(said.partition(": ")[2] if said.startswith("--set") else said)
    return found


def _plainly(error: object) -> str:
    """A refusal without the words of the command line."""
    return str(error).removeprefix("--set ")


def settings_from(
    typed: Mapping[str, str], agreed: Mapping[str, str], more: str, known: Sequence[str]
) -> tuple[str, ...]:
    """Settings from the page's inputs: the lines of `more`, then every input that differs from the agreement.

    `typed` and `agreed` are texts by key; `known` are the keys that have an input, in order.
    """
    lines = [line.strip() for line in more.splitlines() if line.strip()]
    typed = {key: plain_digits(text) for key, text in typed.items()}
    own = [f"{key}={typed[key].strip()}" for key in known if _differs(key, typed, agreed)]
    return _settings([*lines, *own])


def _differs(key: str, typed: Mapping[str, str], agreed: Mapping[str, str]) -> bool:
    text = typed.get(key, "").strip()
    return bool(text) and text != agreed.get(key, "")


def split_settings(settings: Sequence[str], known: Sequence[str]) -> tuple[dict[str, str], str]:
    """The texts of the page's inputs by key, and as lines what no input stands for."""
    inputs: dict[str, str] = {}
    more = []
    for text in settings:
        try:
            setting = split_setting(text)
        except PlanImpossible:
            more.append(text)
            continue
        if setting.key in known:
            inputs[setting.key] = setting.value
        else:
            more.append(text)
    return inputs, "\n".join(more)
