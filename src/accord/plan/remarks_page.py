"""The page on what `accord check` finds, made from the tables of its rules.

`docs/reference/check.md` is this text; a test holds the two equal.
"""

from accord.agreement.check import RULES as BY_ITSELF
from accord.agreement.rendering.markdown import table
from accord.plan.remarks import NO_PLAN
from accord.plan.remarks import RULES as BY_NUMBERS


def rules_markdown() -> str:
    """Every rule with its severity, and what is not looked at."""
    rows = [(rule.severity, rule.finds) for rule in BY_ITSELF]
    planned = [("warning", NO_PLAN), *((rule.severity, rule.finds) for rule in BY_NUMBERS)]
    head = ("Kind", "What it finds")
    parts = (
        _ABOUT,
        "## What the agreement says by itself",
        table(head, rows),
        "## What follows from its numbers",
        table(head, planned),
        _LIMITS,
    )
    return "\n\n".join(part.strip() for part in parts) + "\n"


_ABOUT = """\
# What `accord check` finds

An **error** is what cannot be used as it stands: a value of the wrong kind, an unknown name, shares that do
not add up, a rate above 100%. All errors are reported at once, each as
`file:line: path: what is wrong; what is allowed`. Where there is none, the agreement is read once more for
what is consistent but foolish. A **warning** says that something will not work as meant, **advice** that it
could be better. This page is made from the rules.
"""
_LIMITS = """\
## What is not looked at

- Conditions under `qualification` are read as [Qualification](qualification.md) says; prose is for people. Of
  what a lead can reach, looked at are `grade in [A1, B1]`, `grade is A1`, `fit >= 60`, `interest >= 40` and
  `score >= 100` (both axes together), unless `not` stands before them. Whatever else is asked is taken to be
  possible. Each criterion counts once, at its full points.
- Windows are compared in an ordinary week of each calendar that sales works by: no holidays, no single days
  off. Windows longer than 400 days are not compared.
- An accept window longer than the first touch is usual, since a lead can be touched before anybody accepts
  it; so only one that outlasts the first checkpoint of a cadence, or 72 working hours, is a warning.
- Reps are counted at full strength: `accord plan` says who is away in which week. Where nobody's time is
  known, nothing is said about load.
- Targets are compared with history only where history is given.
"""
