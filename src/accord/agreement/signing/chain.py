"""The chain of signatures: who proposed, withdrew, signed or reset which version, when, and nothing else.

A file of lines in JSON beside the agreement, `NAME.signatures`. Every entry names the hash of the one before
it and ends in its own, so that no byte can change, and no entry move or vanish from the middle, unseen. What
the entries mean together is for `judge.py`; `docs/reference/signatures.md` defines each key.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from accord.agreement.clauses.people import Role, Side, is_public_key
from accord.agreement.signing.faults import Fault, Finding
from accord.errors import ChainInvalid, NaiveTime, Problem

HEADER = '{"format":"accord signatures","layout":1}'
MOST_CHARACTERS = 20_000_000
MOST_FLAWS = 50  # found in a file before the rest of it is left unread: nobody can trust it by then
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")


class Way(StrEnum):
    ED25519 = "ed25519"  # with a private key: nobody else could have
    ACKNOWLEDGED = "acknowledged"  # by typing the full name: a record, no proof


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One act of one person. `at` is UTC; `agreement` is the digest of the version that it is about."""

    at: datetime
    person: str  # the key under `people`
    name: str  # as people knew the person then
    side: Side
    role: Role
    version: int
    agreement: str


@dataclass(frozen=True, kw_only=True)
class Proposed(Entry):
    """A version laid before both sides, with its text and its calculation, so that both are kept."""

    supersedes: str | None
    reason: str
    text: str
    calculation: str


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Entry):
    """A proposal taken back, with the signatures that it had."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Reset(Entry):
    """That `agreement` ends early, when the version with the digest `by` comes into force."""

    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Signed(Entry):
    """One person's signature. `calculation` is the digest of the one that the person went through."""

    supersedes: str | None
    calculation: str
    way: Way
    key: str | None  # the public key, for ed25519
    typed: str | None  # what the person typed, for an acknowledgement
    signature: str | None  # 64 bytes in base64, for ed25519


Act = Proposed | Withdrawn | Reset | Signed
KINDS: Mapping[str, type[Act]] = {
    "proposed": Proposed,
    "withdrawn": Withdrawn,
    "reset": Reset,
    "signed": Signed,
}
_KIND_OF = {kind: name for name, kind in KINDS.items()}


@dataclass(frozen=True)
class Link:
    """One line of the file with the entry it holds; `before` is the hash of the line above."""

    line: int
    entry: Act
    before: str

    @cached_property
    def hash(self) -> str:
        """What the next entry names: the SHA-256 of this one, without its own hash."""
        return digest_of(_json(_plain(self.entry, self.before)))

    @property
    def raw(self) -> str:
        return _json({**_plain(self.entry, self.before), "hash": self.hash})


@dataclass(frozen=True)
class Chain:
    """All that happened to one agreement, oldest first; `flaws` says what of the file cannot be trusted."""

    file: str = "<signatures>"
    links: tuple[Link, ...] = ()
    flaws: tuple[Finding, ...] = field(default=(), repr=False)

    @property
    def head(self) -> str:
        """The hash of the last entry: whoever notes it down will see if entries vanish from the end."""
        return self.links[-1].hash if self.links else digest_of(HEADER)

    @property
    def entries(self) -> tuple[Act, ...]:
        return tuple(link.entry for link in self.links)

    @property
    def text(self) -> str:
        """The file: one line for each entry under a line that names the format."""
        return "\n".join([HEADER, *(link.raw for link in self.links)]) + "\n"

    def plus(self, entry: Act) -> "Chain":
        """The chain with one more entry at its end; ChainInvalid where it is not sound."""
        self.must_be_sound()
        return replace(self, links=(*self.links, Link(len(self.links) + 2, entry, self.head)))

    def must_be_sound(self) -> None:
        """Raises ChainInvalid with everything that is wrong with the file."""
        if self.flaws:
            raise ChainInvalid(finding.problem for finding in self.flaws)


def digest_of(text: str) -> str:
    """`sha256:` and the digest of the text in UTF-8."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def signed_bytes(entry: Signed, before: str) -> bytes:
    """What a key signs: the whole entry at its place in the chain, without the signature itself."""
    return b"accord signature 1\n" + _json(_plain(replace(entry, signature=None), before)).encode()


def instant(at: datetime) -> datetime:
    """The instant in UTC; NaiveTime for one without a zone."""
    if at.tzinfo is None:
        raise NaiveTime(f"{at.isoformat()} has no zone; hand over an instant such as 2026-01-02T09:00:00Z")
    return at.astimezone(UTC)


def _plain(entry: Act, before: str) -> dict[str, object]:
    """The entry as JSON has it: its kind, its keys in order, the hash before it."""
    values = {part.name: getattr(entry, part.name) for part in fields(entry)}
    values["at"] = entry.at.isoformat().replace("+00:00", "Z")
    return {"kind": _KIND_OF[type(entry)], **values, "before": before}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


# Reading ------------------------------------------------------------------------------------------------


def parse_chain(text: str, file: str = "<signatures>") -> Chain:
    """The chain that `text` holds. It never fails: what is wrong stands in `flaws`, line by line.

    After `MOST_FLAWS` of them the rest is left unread, and a last one says how many lines that are. A byte
    order mark and CRLF line ends are read past; anything else must be as Accord wrote it.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return Chain(file, flaws=(_flaw(file, 1, Fault.MALFORMED, "holds signs that are no text", _RESTORE),))
    if len(text) > MOST_CHARACTERS:
        what = f"has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read"
        return Chain(file, flaws=(_flaw(file, 1, Fault.MALFORMED, what, _RESTORE),))
    *lines, rest = text.removeprefix("\ufeff").split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    if not lines or lines[0] != HEADER:
        return Chain(file, flaws=(_header_flaw(file, (lines or [rest])[0]),))
    links, flaws = _read_links(file, lines[1:])
    if rest:
        what = "the last line does not end: the file is cut off, or something was added by hand"
        flaws.append(_flaw(file, len(lines) + 1, Fault.CUT_OFF, what, _RESTORE))
    return Chain(file, tuple(links), tuple(flaws))


_RESTORE = "take the file from a copy that verifies"


def _flaw(file: str, line: int, fault: Fault, what: str, allowed: str = _RESTORE) -> Finding:
    return Finding(Problem(file, line, "", what, allowed), fault)


def _header_flaw(file: str, first: str) -> Finding:
    try:
        said = json.loads(first)
    except (ValueError, RecursionError):
        said = None
    layout = said.get("layout") if isinstance(said, dict) else None
    if isinstance(said, dict) and said.get("format") == "accord signatures" and layout != 1:
        what = f"signatures of layout {str(layout)[:20]} cannot be read by this release, which knows layout 1"
        return _flaw(file, 1, Fault.UNKNOWN_FORMAT, what, "install a later release")
    what = "this is no chain of signatures, or its first line was changed"
    return _flaw(file, 1, Fault.UNKNOWN_FORMAT, what, f"it starts with {HEADER}")


def _read_links(file: str, lines: list[str]) -> tuple[list[Link], list[Finding]]:
    """Each line is looked at, whatever is wrong with those above; a link goes by the hash that it names."""
    links: list[Link] = []
    flaws: list[Finding] = []
    head: str | None = digest_of(HEADER)  # None after a line that could not be read
    for number, line in enumerate(lines, 2):
        if len(flaws) >= MOST_FLAWS:
            left = len(lines) + 2 - number
            lines_were = "line was" if left == 1 else "lines were"
            what = f"so much is wrong above that {left:,} more {lines_were} not read"
            flaws.append(_flaw(file, number, Fault.MALFORMED, what))
            break
        try:
            link, named = _read_link(number, line)
        except ValueError as error:
            flaws.append(_flaw(file, number, Fault.MALFORMED, str(error)))
            head = None
            continue
        if link.hash != named:
            what = "this entry was changed after it was written: it no longer has the hash that it names"
            flaws.append(_flaw(file, number, Fault.CHANGED_ENTRY, what))
        if head is not None and link.before != head:
            what = (
                "this entry does not follow the one above it: one was taken out, put in, moved or rewritten"
            )
            flaws.append(_flaw(file, number, Fault.BROKEN_LINK, what))
        links.append(link)
        head = named
    return links, flaws


def _read_link(number: int, line: str) -> tuple[Link, str]:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("this line is no entry: it is not JSON") from None
    if not isinstance(raw, dict):
        raise ValueError("this line is no entry: it is not an object of JSON")
    kind = KINDS.get(str(raw.get("kind")))
    if kind is None:
        raise ValueError(
            f"no entry is of the kind {str(raw.get('kind'))[:40]!r}; known are {', '.join(KINDS)}"
        )
    names = [part.name for part in fields(kind)]
    if list(raw) != ["kind", *names, "before", "hash"]:
        raise ValueError(f"a {raw['kind']} entry has the keys {', '.join(names)}, before and hash, in order")
    values = {name: _read_value(name, raw[name]) for name in names}
    link = Link(number, kind(**values), _digest("before", raw["before"]))
    named = _digest("hash", raw["hash"])
    if _json({**_plain(link.entry, link.before), "hash": named}) != line:
        raise ValueError("this entry is not written as Accord writes it: it was edited or reformatted")
    return link, named


def _read_value(name: str, value: object) -> Any:
    return _READERS[name](name, value)


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"`{name}` is no text")


def _digest(name: str, value: object) -> str:
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return value
    raise ValueError(f"`{name}` is no digest; it is sha256: and 64 hexadecimal digits")


def _at(name: str, value: object) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return datetime.fromisoformat(value)
    raise ValueError(f"`{name}` is no instant in UTC; it is written as 2026-01-02T09:00:00Z")


def _version(name: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise ValueError(f"`{name}` is no whole number from 1")


def _key(name: str, value: object) -> str:
    if isinstance(value, str) and is_public_key(value):
        return value
    raise ValueError(f"`{name}` is no public key; it is ed25519: and 32 bytes in base64")


def _member(kind: type[StrEnum]) -> Callable[[str, object], StrEnum]:
    def read(name: str, value: object) -> StrEnum:
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        raise ValueError(f"`{name}` is none of {', '.join(kind)}")

    return read


def _or_none(read: Callable[[str, object], object]) -> Callable[[str, object], object]:
    return lambda name, value: None if value is None else read(name, value)


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "at": _at,
    "person": _text,
    "name": _text,
    "side": _member(Side),
    "role": _member(Role),
    "version": _version,
    "agreement": _digest,
    "supersedes": _or_none(_digest),
    "reason": _text,
    "text": _text,
    "calculation": _text,  # a text where it is proposed, its digest where it is signed
    "by": _digest,
    "way": _member(Way),
    "key": _or_none(_key),
    "typed": _or_none(_text),
    "signature": _or_none(_text),
}
