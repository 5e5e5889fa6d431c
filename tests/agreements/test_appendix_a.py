"""Everything that DOMAIN's Appendix A asks an agreement to say has a term, and the full example says it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from accord.agreement.parse import read_written
from accord.plan.remarks import check_all

EXAMPLE = Path(__file__).parents[2] / "examples" / "acme.yaml"
WRITTEN = read_written(EXAMPLE)

# Item of the appendix → where an agreement says it. `*` is any entry of a list or mapping.
APPENDIX = {
    "Header": {
        "name": "name",
        "parties": "parties.marketing parties.sales",
        "scope: streams, segments, regions": "scope.streams scope.segments scope.regions scope.about",
        "term start and end": "term.start term.end",
        "review cadence": "term.review term.refresh term.reset_review term.reset_when",
        "version and status": "version status",
    },
    "1 Shared goals": {
        "revenue first": "goal.revenue goal.streams.*.share",
        "retention": "goal.retention_share",
        "specific and measurable": "goal.others.*.goal goal.others.*.counted goal.others.*.from",
        "time-bound and owned": "goal.others.*.by goal.others.*.owner goal.others.*.stream",
        "planned improvements (S4.29)": "goal.improvements.*.rate goal.improvements.*.from "
        "goal.improvements.*.to goal.improvements.*.by",
        "price and time to close": "goal.streams.*.deal_value goal.streams.*.cycle goal.streams.*.margin",
    },
    "2 Definitions": {
        "stages with their owners": "stages.*.definition stages.*.owner",
        "examples and non-examples": "stages.*.examples stages.*.non_examples",
        "contact, attempt, connect": "definitions.contact definitions.attempt definitions.connect",
        "lead types": "lead_types.*.definition lead_types.*.owner lead_types.*.tactics lead_types.*.label",
        "profiles of buyers (S1.10)": "profiles.*.about profiles.*.evidence",
        "positive and negative signs (S1.9)": "profiles.*.signs profiles.*.warnings",
    },
    "3 Qualification": {
        "fit and interest with weights": "qualification.fit.*.points qualification.interest.*.points",
        "points that fade": "qualification.interest.*.half_life",
        "thresholds": "qualification.grades.fit qualification.grades.interest qualification.mql",
        "sales' own threshold": "qualification.sql",
        "auto-qualify actions": "qualification.auto_qualify",
        "route-around rules": "qualification.route_around",
        "what rules out": "qualification.disqualify.*.reason",
        "lists that conditions name": "qualification.lists.decision_makers",
    },
    "4 Handoff": {
        "trigger": "handoff.trigger",
        "minimum fields": "handoff.minimum_information handoff.shared.mql",
        "carrier and notice": "handoff.carrier handoff.notice handoff.deliver_within",
        "receiver or queue": "handoff.receive.pool handoff.receive.catch_all handoff.receive.streams",
        "accept or reject window": "handoff.accept_within",
        "rejection reasons": "handoff.reject_reasons",
        "feedback time": "handoff.feedback_within",
        "return rule and tracks": "handoff.return_after.attempts handoff.return_after.to "
        "handoff.return_after.reasons",
    },
    "5 Nurture": {
        "tracks by stage": "nurture.tracks.*.stage nurture.tracks.*.steps nurture.tracks.*.about",
        "by return reason": "handoff.return_after.reasons.no_budget",
        "manual start by sales": "nurture.tracks.*.start_by_hand",
    },
    "6 Sales commitments": {
        "first response per lead type": "follow_up.first_touch.demo follow_up.first_touch.web_form",
        "cadence with counts": "follow_up.cadence.*.by follow_up.cadence.*.attempts",
        "cadence per lead type": "follow_up.lead_types.demo.cadence",
        "gaps": "follow_up.minimum_gap follow_up.lead_types.demo.minimum_gap",
        "channels": "follow_up.touches.call follow_up.touches.voicemail follow_up.touches.email",
        "disposition time": "follow_up.dispose_within follow_up.lead_types.demo.dispose_within",
        "verdict": "follow_up.decide_within",
        "disqualification reasons": "follow_up.disqualify_reasons follow_up.sub_reasons.no_fit",
        "unable to reach only after the minimum": "follow_up.only_after_minimum",
        "data entry": "follow_up.data_entry follow_up.data_entry_within",
        "promises to prospects (S0.40)": "commitments.*.within commitments.*.owner commitments.*.about",
    },
    "7 Marketing commitments": {
        "volume and value": "promises.*.measure promises.*.from promises.*.target promises.*.band",
        "per type and stream": "promises.*.stream lead_types.*.streams.*.mix",
        "flow smoothness": "delivery.flow_band delivery.carry_over delivery.over_delivery_alarm",
        "pull-back of dormant leads": "handoff.pull_back_after",
    },
    "8 KPIs": {
        "per side and shared": "kpis.marketing kpis.sales kpis.both",
        "goals and bands": "kpis.*.*.goal kpis.*.*.band kpis.*.*.owner",
    },
    "9 Capacity assumptions": {
        "hours": "capacity.hours_per_month capacity.for_marketing_leads people.*.minutes_per_month",
        "time per touch and chance": "follow_up.touches.minutes capacity.connect_rate capacity.ramp",
    },
    "10 Clock rules": {
        "calendars": "calendars.*.zone calendars.*.hours calendars.*.holidays calendars.*.closed",
        "pauses": "clocks.pauses clocks.quiet_hours clocks.on_leave",
        "escalation": "escalation.*.at escalation.*.after escalation.*.tell",
        "excuses": "clocks.excused_by clocks.excuse_within",
    },
    "11 Attribution": {"one rule": "attribution"},
    "12 Contacts and meetings": {
        "contacts per topic": "contacts.routing",
        "meetings": "meetings.*.when meetings.*.agenda",
    },
    "13 Assumptions and calculation": {"both": "assumptions calculation"},
    "14 Signatures": {"who signs": "people.*.role people.*.side people.*.name"},
}
ITEMS = [(part, item, paths) for part, items in APPENDIX.items() for item, paths in items.items()]


def said(value: object, steps: list[str]) -> bool:
    """Whether the text says something at the path, at one entry at least where it has a `*`."""
    node = value
    for at, step in enumerate(steps):
        if step == "*":
            entries = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
            return any(said(entry, steps[at + 1 :]) for entry in entries)
        if not isinstance(node, Mapping) or step not in node:
            return False
        node = node[step]
    return node not in ("", None, [], {})


@pytest.mark.parametrize(("part", "item", "paths"), ITEMS, ids=[f"{part}: {item}" for part, item, _ in ITEMS])
def test_an_item_of_the_appendix_is_said_in_the_full_example(part, item, paths):
    unsaid = [path for path in paths.split() if not said(WRITTEN.tree.plain(), path.split("."))]
    assert not unsaid, f"{part}, {item}: {unsaid}"


def test_customer_satisfaction_and_accounts_are_promised_by_both_sides():
    """S4.4: everything outside the bare selling step belongs on both sides."""
    shared = {promise.measure for promise in WRITTEN.agreement.promises if promise.side == "both"}
    assert {"satisfaction", "accounts_managed", "retention"} <= shared


def test_the_full_example_has_nothing_to_remark_on():
    assert check_all(WRITTEN, date(2026, 3, 1)) == []
