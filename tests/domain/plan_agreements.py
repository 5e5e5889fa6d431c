"""Agreements that the tests of the plan share, as small as the figures of DOMAIN section 4 allow."""

from typing import Any

from accord.agreement.terms import Agreement

FORM = {"mql_to_sql": "34%", "sql_to_opportunity": "82%", "opportunity_to_customer": "23%"}
OUTBOUND = {"mql_to_sql": "55%", "sql_to_opportunity": "85%", "opportunity_to_customer": "20%"}
ENTERPRISE = {"mql_to_sql": "25%", "sql_to_opportunity": "60%", "opportunity_to_customer": "20%"}


def agreement(goal: object, lead_types: dict[str, Any], **more: object) -> Agreement:
    """An agreement of nothing but a goal and lead types; the term is the year 2026 unless said otherwise."""
    said = {"accord": 1, "name": "Acme", "term": "2026-01-01", "goal": goal, "lead_types": lead_types, **more}
    return Agreement.model_validate(said)


def one_type(rates: dict[str, str], goal: dict[str, object] | None = None, **more: object) -> Agreement:
    """One lead type, by default asked for 500,000 at a deal value of 2,000 (F3)."""
    return agreement(goal or {"revenue": "500,000", "deal_value": "2,000"}, {"web_form": rates}, **more)


def packhelp(**more: object) -> Agreement:
    """F3 with the reconstructed outbound type of F4 beside it; nothing says how the two share the demand."""
    return agreement(
        {"revenue": 500000, "deal_value": 2000}, {"web_form": FORM, "outbound": OUTBOUND}, **more
    )


def split_quota(**more: object) -> Agreement:
    """F10: 20 % retention, two streams with funnels of their own."""
    streams = {
        "smb": {"share": "60%", "deal_value": 2000},
        "enterprise": {"share": "40%", "deal_value": 20000},
    }
    goal = {"revenue": 500000, "retention_share": "20%", "streams": streams}
    return agreement(goal, {"web_form": {"streams": {"smb": FORM, "enterprise": ENTERPRISE}}}, **more)


def mixed(
    goal: object | None = None, *, form: str = "70%", outbound: str = "30%", **more: object
) -> Agreement:
    """F3's quota shared out between forms and outbound."""
    types = {"web_form": {"mix": form, **FORM}, "outbound": {"mix": outbound, **OUTBOUND}}
    return agreement(goal or {"revenue": 500000, "deal_value": 2000}, types, **more)
