"""Whether what is open about a lead can still be done by whoever owes it."""

from accord.agreement.terms import Side
from accord.lead.standing import IN_SALES, UNDECIDED, Standing
from accord.promises.duty import DutyKind

_UNDECIDED = frozenset(one.value for one in UNDECIDED)
_IN_SALES = frozenset(one.value for one in IN_SALES)
_BEFORE_SALES = frozenset({Standing.RAISED.value, Standing.QUALIFIED.value})


def is_owed(kind: str, side: str, standing: str) -> bool:
    """Whether a duty that is neither met nor over is one that somebody can still do.

    Once a lead is out of the hands of sales nobody works on it there, and nobody decides on a lead that is
    decided: what is open of that is still judged, but neither told nor shown as due.
    """
    if kind in (DutyKind.DECIDED, DutyKind.CREDIT):
        return standing in _UNDECIDED
    if side != Side.SALES or kind == DutyKind.FEEDBACK or standing in _IN_SALES:
        return True
    return kind == DutyKind.COMMITMENT and standing in _BEFORE_SALES
