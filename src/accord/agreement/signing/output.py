"""What verification and standing say, as text for people and as JSON for programs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from accord.agreement.plain import clean
from accord.agreement.signing.chain import Chain, Signed, Way
from accord.agreement.signing.proposals import Proposal, title
from accord.agreement.signing.standing import courses, in_force, label, standing
from accord.agreement.signing.verify import Report, signer
from accord.agreement.terms import Agreement

LAYOUT = 1  # of the JSON; goes up when a key changes its meaning
MOST_SHOWN = 50  # faults; beyond them only how many more there are


def report_text(report: Report) -> str:
    """The report for people: each version with who signed and who must still, then every fault."""
    lines = [f"{report.file}: {_counted(report.entries, 'entry', 'entries')}, the last is {report.head}"]
    for proposal in report.proposals:
        lines += ["", *_version_lines(proposal)]
    lines.append("")
    if report.ok:
        lines.append("Nothing is wrong: every entry stands as it was written, and all heads have signed.")
    else:
        lines.append(f"{_counted(len(report.findings), 'fault', 'faults')}:")
        lines += [f"- {finding.fault}: {finding}" for finding in report.findings[:MOST_SHOWN]]
        if more := _more(report):
            lines.append(
                f"- {_counted(more, 'more fault', 'more faults')}, not shown; mend those above first"
            )
    return "\n".join(lines) + "\n"


def _version_lines(proposal: Proposal) -> Iterator[str]:
    laid = proposal.entry
    yield f"{label(proposal)}, {proposal.digest}"
    who = title(proposal.agreement, laid.person)
    yield f"  proposed   {_minute(laid.at)} by {who}{_because(laid.reason)}"
    for entry in proposal.signatures:
        yield f"  signed     {_minute(entry.at)} by {_signature(proposal, entry)}"
    if (back := proposal.withdrawn) is not None:
        yield f"  withdrawn  {_minute(back.at)} by {clean(back.name, 80)}{_because(back.reason)}"
        return
    for side, head in proposal.missing:
        yield f"  missing    {signer(proposal, side, head)}"
    if (reset := proposal.reset) is not None:
        yield f"  reset      said {_minute(reset.at)} by {clean(reset.name, 80)}{_because(reset.reason)}"


def _signature(proposal: Proposal, entry: Signed) -> str:
    how = f"with {entry.key}" if entry.way is Way.ED25519 else "acknowledged by typing the name"
    role = f"{entry.role} of {entry.side}" if entry.role == "head" else f"{entry.side} {entry.role}"
    return f"{title(proposal.agreement, entry.person)}, {role}, {how}"


def report_json(report: Report) -> str:
    """The report for programs; `docs/reference/signatures.md` defines the keys."""
    value = {
        "layout": LAYOUT,
        "file": report.file,
        "ok": report.ok,
        "entries": report.entries,
        "head": report.head,
        "versions": [_version_keys(proposal) for proposal in report.proposals],
        "faults": [
            {
                "fault": str(finding.fault),
                "file": finding.problem.file,
                "line": finding.problem.line,
                "path": finding.problem.path,
                "what": finding.problem.what,
                "remedy": finding.problem.allowed,
            }
            for finding in report.findings[:MOST_SHOWN]
        ],
        "more_faults": _more(report),
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _more(report: Report) -> int:
    return max(len(report.findings) - MOST_SHOWN, 0)


def _version_keys(proposal: Proposal) -> dict[str, object]:
    return {
        "version": proposal.number,
        "digest": proposal.digest,
        "supersedes": proposal.entry.supersedes,
        "proposed": {"at": _iso(proposal.entry.at), "person": proposal.entry.person},
        "signed": [
            {
                "at": _iso(entry.at),
                "person": entry.person,
                "side": str(entry.side),
                "role": str(entry.role),
                "way": str(entry.way),
                "key": entry.key,
            }
            for entry in proposal.signatures
        ],
        "missing": []
        if proposal.withdrawn
        else [{"side": str(side), "person": who} for side, who in proposal.missing],
        "complete_at": _iso(proposal.complete_at),
        "withdrawn": proposal.withdrawn and _iso(proposal.withdrawn.at),
        "reset": proposal.reset
        and {"by": proposal.reset.by, "at": _iso(proposal.reset.at), "reason": proposal.reset.reason},
    }


def standing_text(chain: Chain, at: datetime, agreement: Agreement | None = None) -> str:
    """How far the agreement has come at an instant, what is in force, and the course of every version."""
    now = standing(chain, at, agreement)
    said = [f"{now.status}: {now.sentence}", in_force([chain], at).sentence]
    for course in courses(chain):
        steps = [item for item in course.standings if item.since and item.since <= at]
        said += ["", f"{label(course.proposal)}:"] if steps else []
        said += [f"  {_minute(item.since)}  {item.status:9} {item.sentence}" for item in steps if item.since]
    return "\n".join(said) + "\n"


def standing_json(chain: Chain, at: datetime, agreement: Agreement | None = None) -> str:
    """The same for programs."""
    now, held = standing(chain, at, agreement), in_force([chain], at)
    value = {
        "layout": LAYOUT,
        "at": _iso(at),
        "status": str(now.status),
        "since": _iso(now.since),
        "sentence": now.sentence,
        "in_force": held.proposal and {"version": held.proposal.number, "digest": held.proposal.digest},
        "in_force_sentence": held.sentence,
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _because(reason: str) -> str:
    return f": {clean(reason)}" if reason else ""


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
