"""Agreements and chains that the tests of signing share: Alice heads marketing, Bob heads sales."""

import json
from datetime import datetime, timedelta

from accord.agreement.parse import Written, parse_written
from accord.agreement.signing.chain import HEADER, Chain, digest_of, parse_chain
from accord.agreement.signing.faults import Fault
from accord.agreement.signing.keys import new_key
from accord.agreement.signing.output import report_json, report_text
from accord.agreement.signing.sign import propose, sign
from accord.agreement.signing.verify import verify

ALICE, BOB, MALLORY = new_key(), new_key(), new_key()
CALCULATION = "128 leads × 34 % = 43.52\n"

TEXT = """\
accord: 1
name: Paper boxes
version: {version}
{more}
term: {{start: {start}, end: {end}, reset_review: {end}}}
goal: {{revenue: "{revenue}", deal_value: 2000}}
lead_types: {{web: {{mql_to_sql: 34%, sql_to_opportunity: 82%, opportunity_to_customer: 23%}}}}
people:
  alice: {{side: marketing, role: head, name: آلیس رضایی}}
  bob: {{side: sales, role: head, name: Bob Çelik}}
  carol: {{side: sales, name: Carol}}
  erin: {{side: operations, name: Erin}}
  vic: {{side: viewer, name: Vic}}
  reps: {{side: sales, count: 6}}
"""


def at(text: str) -> datetime:
    """`2026-01-31` is nine o'clock in UTC on that day; a time may follow."""
    return datetime.fromisoformat(f"{text}T09:00:00+00:00" if len(text) == 10 else f"{text}+00:00")


def written(
    version: int = 1,
    *,
    start: str = "2026-01-01",
    end: str = "2026-12-31",
    revenue: str = "500,000",
    more: str = "",
    people: str = "",
) -> Written:
    text = TEXT.format(version=version, start=start, end=end, revenue=revenue, more=more) + people
    return parse_written(text, f"boxes-{version}.yaml")


def proposed(
    text: Written | None = None, chain: Chain | None = None, on: str = "2025-12-01", reason: str = ""
) -> Chain:
    text = text or written()
    return propose(
        chain or Chain(), text.agreement, by="erin", at=at(on), calculation=CALCULATION, reason=reason
    )


def signed(
    text: Written | None = None, chain: Chain | None = None, on: str = "2025-12-10", reason: str = ""
) -> Chain:
    """Proposed nine days before, signed by Alice with her key, and an hour later by Bob with his name."""
    text, day = text or written(), at(on)
    longer = proposed(text, chain, f"{day - timedelta(days=9):%Y-%m-%d}", reason)
    longer = sign(longer, text.agreement, person="alice", at=day, calculation=CALCULATION, key=ALICE)
    later = day + timedelta(hours=1)
    return sign(longer, text.agreement, person="bob", at=later, calculation=CALCULATION, typed="Bob Çelik")


def rewritten(chain: Chain, line: int, **changes: object) -> Chain:
    """The chain as a forger would leave it who mends every hash after changing the entry on `line`."""
    return rehashed([json.loads(link.raw) | (changes if link.line == line else {}) for link in chain.links])


def rehashed(entries: list[dict[str, object]]) -> Chain:
    """A chain of these entries in which every hash is right."""
    lines, head = [HEADER], digest_of(HEADER)
    for entry in entries:
        rest = {key: value for key, value in entry.items() if key not in ("before", "hash")} | {
            "before": head
        }
        head = digest_of(_json(rest))
        lines.append(_json({**rest, "hash": head}))
    chain = parse_chain("\n".join(lines) + "\n", "boxes.signatures")
    assert not chain.flaws, chain.flaws
    return chain


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


FULL = signed()


def second(**more: str) -> object:
    """The version that replaces the one of FULL."""
    given = {"version": 2, "more": f"supersedes: {FULL.entries[0].agreement}", "start": "2026-07-01", **more}
    return written(**given)  # type: ignore[arg-type]


RESET = signed(second(), FULL, "2026-06-20", "the team grew by a quarter")
RENEWED = signed(second(start="2027-01-01", end="2027-12-31"), FULL, "2026-12-10")


def sign_as(chain: Chain, person: str, on: str = "2025-12-12", **how: object) -> Chain:
    given = {"calculation": CALCULATION, "at": at(on), **how}
    return sign(chain, written().agreement, person=person, **given)  # type: ignore[arg-type]


def faults(chain: Chain, *texts: object, **more: object) -> set[Fault]:
    report = verify(chain, texts, **more)  # type: ignore[arg-type]
    assert report_text(report).count("\n- ") == len(report.findings)
    assert len(json.loads(report_json(report))["faults"]) == len(report.findings)
    return set(report.faults)


def raw(chain: Chain) -> list[dict[str, object]]:
    return [json.loads(link.raw) for link in chain.links]
