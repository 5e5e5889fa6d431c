"""Where an agreement can change, what people call that place, and who judges it: one table.

Rules are tried from the top; what none of them knows is said by its path, without a verdict.
"""

from dataclasses import dataclass

from accord.agreement.comparing import stakes
from accord.agreement.comparing.diff import Steps
from accord.agreement.comparing.stakes import (
    BOTH,
    MARKETING,
    SALES,
    Judge,
    higher,
    less,
    longer_list,
    more,
    neither,
    shorter,
    unsaid,
)


@dataclass(frozen=True)
class Rule:
    """What is at a place: `<…>` in the pattern stands for a name, `**` at its end for anything below."""

    pattern: str
    title: str
    judge: Judge = unsaid
    counts: bool = False  # an amount there is a number of things, not money

    def match(self, path: Steps) -> tuple[str, ...] | None:
        steps = self.pattern.split(".")
        if steps[-1] == "**":
            steps, path = steps[:-1], path[: len(steps) - 1]
        if len(steps) != len(path):
            return None
        pairs = list(zip(steps, path, strict=True))
        if any(not step.startswith("<") and step != at for step, at in pairs):
            return None
        return tuple(at for step, at in pairs if step.startswith("<"))


_M, _S, _B = more(MARKETING), more(SALES), more(BOTH)
_FUNNEL = "lead_types.<type>.streams.<stream>"

RULES: tuple[Rule, ...] = (
    Rule("name", "Name", neither),
    Rule("version", "Version", neither),
    Rule("supersedes", "Version before this one", neither),
    Rule("status", "Status", neither),
    Rule("parties.marketing", "Name of marketing's team", neither),
    Rule("parties.sales", "Name of sales' team", neither),
    Rule("scope.about", "Scope"),
    Rule("scope.<any>", "Scope, {any}"),
    Rule("scope.<any>.<item>", "Scope, {any}"),
    Rule("term.start", "First day", neither),
    Rule("term.end", "Last day", neither),
    Rule("term.reset_review", "Reset review", neither),
    Rule("term.review", "Reviewed every", neither),
    Rule("term.refresh", "Rates measured anew every", neither),
    Rule("term.reset_when.<item>", "Reset before its end", neither),
    Rule("term.interval", "The goal is for one"),
    Rule("currency", "Currency"),
    # working time
    Rule("calendars", "Calendars, the first of which holds where none is named"),
    Rule("calendars.<calendar>", "Calendar {calendar}"),
    Rule("calendars.<calendar>.hours", "Weekly hours of {calendar}", stakes.weekly_hours),
    Rule("calendars.<calendar>.holidays", "Public holidays of {calendar}", stakes.day_off),
    Rule("calendars.<calendar>.closed.<item>", "Days off in {calendar}", stakes.day_off),
    Rule("calendars.<calendar>.open.<item>", "Days worked in {calendar}", stakes.day_worked),
    Rule("calendars.<calendar>.half_days.<item>", "Half days of {calendar}, {item}", stakes.day_off),
    Rule("calendars.<calendar>.zone", "Time zone of {calendar}"),
    # people
    Rule("people", "People"),
    Rule("people.<person>", "{person}", neither),
    Rule("people.<person>.minutes_per_month", "Minutes a month of {person}", stakes.minutes_for_leads),
    Rule("people.<person>.side", "Side of {person}"),
    Rule("people.<person>.role", "Role of {person}"),
    Rule("people.<person>.calendar", "Calendar of {person}"),
    Rule("people.<person>.<field>", "{person}, {field}", neither),
    Rule("people.<person>.away.<item>", "{person}, away", neither),
    # the goal
    Rule("goal.revenue", "Revenue goal", higher(_B)),
    Rule("goal.customers", "Goal in customers", higher(_B)),
    Rule("goal.retention_share", "Share kept with existing customers", higher(less(MARKETING))),
    Rule("goal.streams.<stream>", "Stream {stream}"),
    Rule("goal.streams.<stream>.deal_value", "Deal value in {stream}", higher(less(MARKETING))),
    Rule("goal.streams.<stream>.from_marketing", "Share from marketing in {stream}", higher(_M, less(SALES))),
    Rule("goal.streams.<stream>.share", "Share of new revenue of {stream}"),
    Rule("goal.streams.<stream>.cycle", "Time to close in {stream}"),
    Rule("goal.streams.<stream>.closing_profile", "Wins by month after delivery in {stream}"),
    Rule("goal.streams.<stream>.order_value", "Order value in {stream}", neither),
    Rule("goal.streams.<stream>.margin", "Margin in {stream}", neither),
    Rule(
        "goal.streams.<stream>.pipeline.<month>",
        "Customers expected in {month} from earlier leads, {stream}",
        counts=True,
    ),
    Rule("goal.improvements.<item>", "Planned improvement, {item}", stakes.improvement),
    Rule("goal.improvements.<item>.to", "Planned improvement, {item}, to", higher(_B)),
    Rule("goal.improvements.<item>.from", "Planned improvement, {item}, from", neither),
    Rule("goal.improvements.<item>.by", "Planned improvement, {item}, by", stakes.improved_by),
    Rule("goal.others.<item>", "Further goal"),
    Rule("goal.others.<item>.owner", "Further goal, “{item}”, owner", neither),
    Rule("goal.others.<item>.<field>", "Further goal, “{item}”, {field}"),
    Rule("goal_line", "The goal line follows"),
    # the funnel
    Rule("stages", "Stages"),
    Rule("stages.<stage>", "Stage {stage}"),
    Rule("stages.<stage>.definition", "What {stage} means"),
    Rule("stages.<stage>.owner", "Owner of {stage}", neither),
    Rule("stages.<stage>.examples.<item>", "Examples of {stage}", neither),
    Rule("stages.<stage>.non_examples.<item>", "What is no {stage}", neither),
    Rule("lead_types", "Lead types", neither),
    Rule("lead_types.<type>", "Lead type {type}"),
    Rule("lead_types.<type>.label", "What {type} is called", neither),
    Rule("lead_types.<type>.owner", "Owner of {type}", neither),
    Rule("lead_types.<type>.definition", "What {type} means"),
    Rule("lead_types.<type>.tactics.<item>", "How {type} is brought about", neither),
    Rule(_FUNNEL, "{type}{in_stream}"),
    Rule(f"{_FUNNEL}.mix", "Share of customers from {type}{in_stream}"),
    Rule(f"{_FUNNEL}.deal_value", "Deal value of {type}{in_stream}", higher(less(MARKETING))),
    Rule(f"{_FUNNEL}.cost", "Cost of {type}{in_stream}", neither),
    Rule(f"{_FUNNEL}.at_least", "Fewest leads of {type}{in_stream}", neither),
    Rule(f"{_FUNNEL}.at_most", "Most leads of {type}{in_stream}", neither),
    Rule(f"{_FUNNEL}.rates", "Rates of {type}{in_stream}", neither),
    Rule(f"{_FUNNEL}.rates.<rate>", "{type}{in_stream}, {rate}", higher(less(MARKETING))),
    Rule(f"{_FUNNEL}.evidence", "Counts behind the rates of {type}{in_stream}", neither),
    Rule(f"{_FUNNEL}.evidence.<rate>", "{type}{in_stream}, {rate}, counted on", neither),
    Rule("value.by", "A lead is valued by"),
    Rule("value.prices.<item>", "Price of a lead, {item}", higher(less(MARKETING))),
    Rule("definitions.<word>", "What {word} means"),
    # when a lead is ready
    Rule("profiles.**", "Whom both sides accept as prospects"),
    Rule("qualification.fit.<item>", "Fit, “{item}”", stakes.criterion_points),
    Rule("qualification.interest.<item>", "Interest, “{item}”", stakes.criterion_points),
    Rule("qualification.fit.<item>.points", "Points for fit, “{item}”", stakes.criterion_points),
    Rule("qualification.interest.<item>.points", "Points for interest, “{item}”", stakes.criterion_points),
    Rule("qualification.grades.<axis>", "Grades of {axis}"),
    Rule(
        "qualification.grades.<axis>.<item>",
        "Least points for grade {item} of {axis}",
        higher(_M, less(SALES)),
    ),
    Rule("qualification.mql", "When a lead is an MQL"),
    Rule("qualification.sql", "When a lead is an SQL"),
    Rule("qualification.auto_qualify.<item>", "What qualifies at once", longer_list(less(MARKETING), _S)),
    Rule("qualification.route_around.<item>", "What goes around qualification"),
    Rule("qualification.disqualify.<item>", "What rules a lead out, “{item}”", longer_list(_M, less(SALES))),
    Rule("qualification.lists", "Lists that conditions name"),
    Rule("qualification.lists.<list>", "The list {list}"),
    Rule("qualification.lists.<list>.<item>", "The list {list}"),
    # hand-off
    Rule("handoff.trigger", "Leads are handed off at", stakes.trigger),
    Rule("handoff.minimum_information.<item>", "Minimum information", longer_list(_M)),
    Rule("handoff.shared.<stage>", "Passed on at {stage}", longer_list(_M)),
    Rule("handoff.shared.<stage>.<item>", "Passed on at {stage}", longer_list(_M)),
    Rule("handoff.deliver_within", "Marketing hands off within", shorter(_M)),
    Rule("handoff.carrier", "How leads travel", neither),
    Rule("handoff.notice.<item>", "How the receiver hears of it", neither),
    Rule("handoff.receive.pool", "Leads go to the pool", neither),
    Rule("handoff.receive.person", "Leads go to", neither),
    Rule("handoff.receive.catch_all", "Leads that nobody can take go to", neither),
    Rule("handoff.receive.streams.<stream>", "Leads of {stream} go to", neither),
    Rule("handoff.accept_within", "Accepted or rejected within", shorter(_S)),
    Rule("handoff.reject_reasons.<item>", "Reasons to reject", longer_list(less(SALES), _M)),
    Rule("handoff.feedback_within", "Reason of a reject within", shorter(_S)),
    Rule("handoff.return_after.attempts", "Attempts before a lead goes back", higher(_S)),
    Rule("handoff.return_after.to", "A returned lead starts the track", neither),
    Rule("handoff.return_after.reasons.<reason>", "Track after {reason}", neither),
    Rule("handoff.pull_back_after", "Marketing takes dormant leads back after"),
    # follow-up
    Rule("follow_up.first_touch.<type>", "First touch for {type}", stakes.first_touch),
    Rule("follow_up.cadence", "Cadence", stakes.cadence),
    Rule("follow_up.touches.call", "Calls owed to a lead", higher(_S)),
    Rule("follow_up.touches.voicemail", "Voicemails owed to a lead", higher(_S)),
    Rule("follow_up.touches.email", "E-mails owed to a lead", higher(_S)),
    Rule("follow_up.touches.video", "Videos owed to a lead", higher(_S)),
    Rule("follow_up.touches.minutes.<item>", "Minutes that one touch takes, {item}", neither),
    Rule("follow_up.touches.automated.<item>", "Sent by a machine", longer_list(less(SALES))),
    Rule("follow_up.minimum_gap", "Least time between two attempts"),
    Rule("follow_up.decide_within", "Verdict within", shorter(_S)),
    Rule("follow_up.dispose_within", "Qualified, given up or returned within", shorter(_S)),
    Rule("follow_up.only_after_minimum.<item>", "Only after all attempts", longer_list(_S)),
    Rule("follow_up.sub_reasons.**", "Asked beside a reason", longer_list(_S)),
    Rule("follow_up.disqualify_reasons.<item>", "Reasons to give a lead up", longer_list(less(SALES))),
    Rule("follow_up.data_entry.<item>", "Recorded of every attempt", longer_list(_S)),
    Rule("follow_up.data_entry_within", "Recorded within", shorter(_S)),
    Rule("follow_up.automated_email_counts", "Mail sent by a machine counts for", stakes.attempts_by_machine),
    Rule("follow_up.lead_types.<type>", "Follow-up of {type}, rules of its own", stakes.follow_up_rule),
    Rule("follow_up.lead_types.<type>.cadence", "Cadence for {type}", stakes.cadence),
    Rule("follow_up.lead_types.<type>.decide_within", "Verdict on {type} within", stakes.follow_up_rule),
    Rule(
        "follow_up.lead_types.<type>.dispose_within",
        "{type} qualified, given up or returned within",
        shorter(_S),
    ),
    Rule("follow_up.lead_types.<type>.minimum_gap", "Least time between two attempts, {type}"),
    Rule("follow_up.lead_types.<type>.touches", "Touches owed to {type}", stakes.touches),
    Rule("follow_up.lead_types.<type>.touches.<item>", "Touches owed to {type}, {item}", higher(_S)),
    Rule("commitments.**", "What prospects are promised"),
    # nurture, flow, promises
    Rule("nurture.tracks.<track>", "Nurture track {track}", longer_list(_M)),
    Rule("nurture.tracks.<track>.stage", "Stage of the track {track}", neither),
    Rule("nurture.tracks.<track>.about", "About the track {track}", neither),
    Rule("nurture.tracks.<track>.steps", "Steps of the track {track}"),
    Rule("nurture.tracks.<track>.start_by_hand", "Sales may start the track {track} by hand", neither),
    Rule("delivery.flow_band", "How far the flow may stray from the goal line", higher(less(MARKETING))),
    Rule("delivery.over_delivery_alarm", "Intervals above the band before both heads are told", neither),
    Rule("delivery.carry_over", "A shortfall is spread over how many intervals"),
    Rule("promises", "Promises", neither),
    Rule("promises.<promise>", "Promise {promise}", stakes.promise),
    Rule("promises.<promise>.side", "Promise {promise}, given by", stakes.promised_by),
    Rule("promises.<promise>.measure", "Promise {promise}, what is counted"),
    Rule("promises.<promise>.target", "Promise {promise}, target", stakes.promised_target),
    Rule("promises.<promise>.from", "Promise {promise}, target from the"),
    Rule("promises.<promise>.band", "Promise {promise}, band", stakes.promised_band),
    Rule("promises.<promise>.lead_type", "Promise {promise}, only for the type", stakes.promised_for),
    Rule("promises.<promise>.stream", "Promise {promise}, only for the stream", stakes.promised_for),
    Rule("promises.<promise>.definition", "Promise {promise}, in words"),
    Rule("promises.<promise>.measured_by", "Promise {promise}, where its figure comes from"),
    Rule("kpis.**", "Watched, not promised", neither),
    # assumptions, clocks, contacts
    Rule("capacity.for_marketing_leads", "Share of a rep's time for marketing's leads", higher(_S)),
    Rule("capacity.**", "Assumed capacity", neither),
    Rule("escalation.**", "Who is told when", neither),
    Rule("clocks.pauses.<item>", "What stops a clock", longer_list(less(SALES))),
    Rule("clocks.excuse_within", "A breach is excused within", neither),
    Rule("clocks.on_leave", "Leads of somebody who is away"),
    Rule("clocks.reassign_after", "A lead goes to somebody else after"),
    Rule("clocks.most_moves", "Moves before the manager decides"),
    Rule("clocks.quiet_hours", "Nobody is alerted during", neither),
    Rule("contacts.**", "Whom to ask", neither),
    Rule("meetings.**", "Meetings", neither),
    Rule("attribution", "Whose lead it is"),
    Rule("assumptions", "Assumptions", neither),
    Rule("assumptions.<item>", "Assumption", neither),
    Rule("calculation", "Calculation", neither),
    Rule("calculation.<item>", "Calculation", neither),
)
