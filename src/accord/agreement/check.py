"""What an agreement may say but probably should not: remarks, after the parser has found no errors.

Each rule is one small function under `remarks/`, and stands once in the table at the end. A warning says
that something will not work as meant, advice that it could be better. Rules that need the plan's numbers
stand in `plan/remarks.py`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accord.agreement.parse import Written
from accord.agreement.remarks import cadence, conditions, funnel, handoff, people, scores, term, windows
from accord.agreement.remarks.remark import Case, Remark, Rule
from accord.agreement.terms import Agreement
from accord.errors import Problem, Severity

__all__ = ["RULES", "History", "Remark", "check", "place_remark", "worst"]

History = Mapping[str, Fraction | Decimal | int]  # the best ever reached, by measure or by rate


def check(
    agreement: Agreement,
    on: date | None = None,
    written: Written | None = None,
    history: History | None = None,
) -> list[Problem]:
    """Warnings and advice on an agreement that has no errors, in the order of the text, then of the table.

    `on` is the day by which its term is judged; without it nothing is said about time. `written` (from
    `parse.read_written`) gives each remark its file and line; without it the file is empty and the line 0.
    `history` is the best that was ever reached: of a measure to promise, a share as a Fraction, a count or an
    amount; or of a rate such as opportunity_to_customer. What it does not name is not compared.
    """
    best = {name: Fraction(value) for name, value in (history or {}).items()}
    case = Case(agreement, on, best)
    found = [place_remark(rule.severity, remark, written) for rule in RULES for remark in rule.find(case)]
    return sorted(found, key=lambda problem: problem.line)


def place_remark(severity: Severity, remark: Remark, written: Written | None) -> Problem:
    """The remark with its file and line, as far as the text is known."""
    if written is None:
        path = ".".join(map(str, remark.path))
        return Problem("", 0, path, remark.what, remark.allowed, severity)
    line, path = written.place(remark.path)
    return Problem(written.file, line, path, remark.what, remark.allowed, severity)


def worst(problems: Iterable[Problem]) -> Severity | None:
    """The gravest kind among them; None where there are none. `--strict` fails on warnings too."""
    kinds = {problem.severity for problem in problems}
    return next((kind for kind in (Severity.ERROR, Severity.WARNING, Severity.ADVICE) if kind in kinds), None)


_W, _A = Severity.WARNING, Severity.ADVICE
RULES: tuple[Rule, ...] = (
    # what both sides promise
    Rule(_W, "A side promises nothing of its own.", people.both_sides_promise),
    Rule(_W, "A promise cannot be counted from the log, and nobody says where its figure comes from.",
         funnel.promises_can_be_measured),
    Rule(_W, "A promise is about leads that do not exist.", funnel.promises_are_about_something),
    Rule(_W, "Two promises are about the same measure of the same leads.", funnel.promises_say_one_thing),
    Rule(_W, "A target is kept by doing nothing.", funnel.targets_can_be_missed),
    Rule(_W, "A target is better than anything in the given history.", funnel.targets_were_reached_before),
    Rule(_A, "A share of 100% is promised.", funnel.targets_leave_room),
    # the goal and the funnel
    Rule(_W, "An amount has a point before three digits, which elsewhere stands for thousands.",
         funnel.amounts_mean_one_thing),
    Rule(_W, "A lead type has no rates.", funnel.rates_are_known),
    Rule(_W, "A rate is 0%.", funnel.rates_are_not_nothing),
    Rule(_W, "A stream has no lead type.", funnel.streams_have_leads),
    Rule(_W, "A stream has no deal value.", funnel.deals_have_a_value),
    Rule(_W, "The goal asks for no leads at all.", funnel.goal_asks_for_leads),
    Rule(_W, "An improvement starts elsewhere than its rate, or is a fall.",
         funnel.improvements_start_where_rates_stand),
    Rule(_W, "An improvement is better than anything in the given history.",
         funnel.improvements_are_in_reach),
    Rule(_W, "A price list by lead type leaves one out.", funnel.prices_are_all_used),
    Rule(_W, "The goal line follows working days that nobody has.", funnel.working_days_are_known),
    Rule(_A, "A rate is 100%.", funnel.rates_tell_something),
    # hand-off and follow-up
    Rule(_W, "A lead is accepted by silence before its first touch is due.",
         windows.touched_before_accepted),
    Rule(_W, "A lead can be refused when attempts are due already, or for longer than 72 working hours.",
         windows.accepted_soon_enough),
    Rule(_W, "A verdict may come after the lead was accepted by silence.", windows.decided_while_open),
    Rule(_W, "The first touch may come after the first checkpoint.", windows.touched_before_checkpoint),
    Rule(_W, "A cadence cannot be made with the gap between attempts.", cadence.attempts_fit),
    Rule(_W, "Fewer touches are owed by channel than attempts by the cadence.", cadence.touches_are_enough),
    Rule(_W, "More attempts are owed than leads stay with sales for.", cadence.cadence_fits_return),
    Rule(_W, "A cadence is promised that has no checkpoint.", cadence.cadence_is_there),
    Rule(_W, "Marketing takes leads back while sales may still wait.",
         cadence.pulled_back_after_the_cadence),
    Rule(_W, "Leads are to be given up before their attempts end.", cadence.disposed_after_the_cadence),
    Rule(_W, "A first touch is promised for a lead type that does not exist.",
         windows.first_touch_is_used),
    Rule(_W, "A reason is missing, or not in the lists.", handoff.reasons_are_known),
    Rule(_W, "The trigger looks like a misspelt stage.", handoff.trigger_is_meant),
    Rule(_W, "A nurture track is never started or sends nothing; or returned leads start none.",
         handoff.tracks_are_used),
    Rule(_A, "A cadence does not fit for leads that come at a bad hour.", cadence.attempts_always_fit),
    Rule(_A, "Leads go back only after more attempts than are ever due.", cadence.return_fits_cadence),
    Rule(_A, "No first touch is said for a lead type.", windows.own_first_touch),
    # scores
    Rule(_W, "A grade takes more points than all criteria give.", scores.grades_can_be_reached),
    Rule(_W, "No lead can meet the condition of an MQL or an SQL, or it names no grade.",
         scores.thresholds_can_be_reached),
    Rule(_W, "Two grades start at the same points.", scores.grades_differ),
    Rule(_A, "A criterion stands twice, or gives no points.", scores.criteria_count_once),
    # conditions
    Rule(_W, "A condition cannot be read, though it looks like one.", conditions.conditions_can_be_read),
    Rule(_W, "A condition asks for a field that no lead has.", conditions.fields_are_known),
    Rule(_W, "A condition names a list that is not there.", conditions.lists_are_known),
    Rule(_A, "A list is empty, or no condition names it.", conditions.lists_are_used),
    Rule(_A, "A criterion, or the rule for an MQL, is in words, so it counts for no lead by itself.",
         conditions.rules_count_by_themselves),
    # people
    Rule(_W, "Somebody leaves within the term, or is never there in it.", people.people_are_there),
    Rule(_W, "Somebody who answers for something is away without a backup, or with one who is away too.",
         people.absences_are_covered),
    Rule(_W, "Somebody stands in for themselves, or for the other side.", people.backups_can_stand_in),
    Rule(_W, "An escalation reaches nobody.", people.escalations_reach_somebody),
    Rule(_W, "Leads go to a pool without reps.", people.pools_have_reps),
    Rule(_A, "A lead type has no owner.", people.lead_types_have_owners),
    Rule(_A, "A stage has no owner, though others have.", people.stages_have_owners),
    Rule(_A, "Nobody gets the leads that nobody in the pool can take.", people.nothing_is_lost),
    Rule(_A, "Nobody can sign for a side.", people.somebody_signs),
    # time
    Rule(_W, "The term has not begun, or has ended.", term.term_holds),
    Rule(_W, "The reset review is due.", term.reset_is_not_due),
    Rule(_W, "The term is shorter than one interval, or longer than three years.",
         term.term_holds_an_interval),
    Rule(_W, "A further goal ends outside the term.", term.further_goals_end_in_time),
    Rule(_A, "No calendar is given: the hours that then count are named.", term.calendar_is_said),
)  # fmt: skip
