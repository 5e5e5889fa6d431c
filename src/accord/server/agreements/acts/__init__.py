"""All that can be done to an agreement file, once for pages and API: each act with its entry in the audit.

Every act is one transaction. What the agreement's own rules forbid (`accord.agreement.signing`) is refused in
their words; that sides and roles may act at all is held by `access.py` before anything comes here.
"""

from accord.server.agreements.acts.agreeing import append_signed, propose, sign, withdraw
from accord.server.agreements.acts.chains import proposal_in, waiting_in
from accord.server.agreements.acts.drafting import (
    MOST_CHARACTERS,
    discard_draft,
    draft_link,
    restore_saving,
    save_draft,
    settle_clash,
    start_draft,
    start_file,
    take_up,
)
from accord.server.agreements.acts.handing_in import hand_in
from accord.server.agreements.acts.next_version import as_next, next_text
from accord.server.agreements.acts.parties import must_be_party, party

__all__ = [
    "MOST_CHARACTERS",
    "append_signed",
    "as_next",
    "discard_draft",
    "draft_link",
    "hand_in",
    "must_be_party",
    "next_text",
    "party",
    "proposal_in",
    "propose",
    "restore_saving",
    "save_draft",
    "settle_clash",
    "sign",
    "start_draft",
    "start_file",
    "take_up",
    "waiting_in",
    "withdraw",
]
