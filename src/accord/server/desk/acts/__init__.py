"""All that people do with a lead, once for pages and API: each act one transaction under the lead's lock.

Each asks the domain's rule whether it is possible (`accord.lead.acting`) and whether this person may, records
its facts and words, and works out what follows. What is refused is refused in a sentence.
"""

from accord.server.desk.acts import choices
from accord.server.desk.acts.customers import churn, rate, renew
from accord.server.desk.acts.deciding import accept, feedback, reject
from accord.server.desk.acts.disputing import arbitrate, dispute, excuse
from accord.server.desk.acts.keeping import (
    correct,
    merge,
    note,
    nudge,
    opt_out,
    send_anyway,
    start_track,
)
from accord.server.desk.acts.pursuing import (
    disqualify,
    lose,
    open_opportunity,
    propose,
    return_,
    sales_qualify,
    win,
)
from accord.server.desk.acts.reaching import attempt, commit, connect, fulfil, pause, resume
from accord.server.desk.acts.undoing import undo

__all__ = [
    "accept",
    "arbitrate",
    "attempt",
    "choices",
    "churn",
    "commit",
    "connect",
    "correct",
    "dispute",
    "disqualify",
    "excuse",
    "feedback",
    "fulfil",
    "lose",
    "merge",
    "note",
    "nudge",
    "open_opportunity",
    "opt_out",
    "pause",
    "propose",
    "rate",
    "reject",
    "renew",
    "resume",
    "return_",
    "sales_qualify",
    "send_anyway",
    "start_track",
    "undo",
    "win",
]
