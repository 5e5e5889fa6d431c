"""What sales owes to a lead, in the rendered agreement."""

from accord.agreement.clauses.handover import FollowUpRule, Touches
from accord.agreement.comparing.saying_words import days, kind_of_lead, length
from accord.agreement.rendering.markdown import bullets, escaped, listed, spoken
from accord.agreement.terms import Agreement


def follow_up(agreement: Agreement) -> str:
    terms, touches = agreement.follow_up, agreement.follow_up.touches
    lines = [f"one lead is owed {_touches(touches)}"]
    if touches.automated:
        lines.append(f"sent by a machine: {listed(map(escaped, touches.automated))}")
    lines.append(f"mail sent by a machine counts for {terms.automated_email_counts}, never for speed")
    lines.append(f"a verdict within {length(terms.decide_within)}")
    if terms.dispose_within:
        lines.append(
            f"qualified, given up or returned within {length(terms.dispose_within)} of the acceptance"
        )
    lines.append(f"given up only for {listed(map(spoken, terms.disqualify_reasons), 'or')}")
    if terms.only_after_minimum:
        reasons = listed(map(spoken, terms.only_after_minimum))
        lines.append(f"{reasons}: only after {agreement.handoff.return_after.attempts} attempts")
    for reason, more in terms.sub_reasons.items():
        lines.append(f"{spoken(reason)}: say which, {listed(map(escaped, more), 'or')}")
    if terms.data_entry or terms.data_entry_within:
        what = listed(map(escaped, terms.data_entry)) or "what happened"
        within = f" within {length(terms.data_entry_within)}" if terms.data_entry_within else ""
        lines.append(f"recorded of every attempt: {what}{within}")
    said = {*terms.first_touch} - {*agreement.lead_types}
    lines += [f"first touch of {spoken(kind)}: {length(terms.first_touch[kind])}" for kind in sorted(said)]
    lines += [f"{kind_of_lead(agreement, kind)}: {_rule(rule)}" for kind, rule in terms.lead_types.items()]
    return bullets(lines)


def _touches(touches: Touches) -> str:
    counts = {
        "calls": touches.call,
        "voicemails": touches.voicemail,
        "e-mails": touches.email,
        "videos": touches.video,
    }
    return listed(f"{count} {kind}" for kind, count in counts.items() if count) or "no touches"


def _rule(rule: FollowUpRule) -> str:
    said = [f"{point.attempts} attempts by day {days(point.by)}" for point in rule.cadence or ()]
    if rule.minimum_gap is not None:
        said.append(f"at least {length(rule.minimum_gap)} apart")
    if rule.decide_within is not None:
        said.append(f"a verdict within {length(rule.decide_within)}")
    if rule.dispose_within is not None:
        said.append(f"qualified, given up or returned within {length(rule.dispose_within)}")
    if rule.touches is not None:
        said.append(_touches(rule.touches))
        if rule.touches.automated:
            said.append(f"{listed(map(escaped, rule.touches.automated))} by a machine")
        said += [f"{length(each)} for one {escaped(kind)}" for kind, each in rule.touches.minutes.items()]
    return listed(said) or "as for all"
