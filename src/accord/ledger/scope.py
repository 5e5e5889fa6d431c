"""Which leads a measure is about."""

from dataclasses import dataclass, fields

from accord.ledger.database import literal

Names = tuple[str | None, ...]
_COLUMN = {"owner": "worker"}  # what the ledger calls it where the names differ


@dataclass(frozen=True)
class Scope:
    """A lead is in scope if each field that names anything names what the lead has; an empty tuple is all.

    None among the names stands for leads of which it is unknown. `owner` is who touched the lead first, else
    who it was assigned to last.
    """

    lead_type: Names = ()
    stream: Names = ()
    segment: Names = ()
    owner: Names = ()
    source: Names = ()

    @property
    def everything(self) -> bool:
        return not any(getattr(self, field.name) for field in fields(self))

    @property
    def sql(self) -> str:
        """The condition on a row of `cycle`; values are literals, whatever is in them."""
        said = ((field.name, getattr(self, field.name)) for field in fields(self))
        return " AND ".join(_among(_COLUMN.get(name, name), names) for name, names in said if names) or "TRUE"


def _among(column: str, names: Names) -> str:
    known = ", ".join(literal(name) for name in names if name is not None)
    conditions = [f'"{column}" IN ({known})'] if known else []
    if None in names:
        conditions.append(f'"{column}" IS NULL')
    return f"({' OR '.join(conditions)})"


EVERY_LEAD = Scope()
