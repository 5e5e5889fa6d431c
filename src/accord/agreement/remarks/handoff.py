"""Remarks on the way over and back: trigger, reasons, nurture tracks."""

from accord.agreement.reading.text import Path
from accord.agreement.remarks.remark import Case, Remark, Remarks
from accord.errors import nearest


def reasons_are_known(case: Case) -> Remarks:
    agreement = case.agreement
    known = {*agreement.handoff.reject_reasons, *agreement.follow_up.disqualify_reasons}
    for at, rule in enumerate(agreement.qualification.disqualify):
        if rule.reason is None:
            path: Path = ("qualification", "disqualify", at)
            yield Remark(path, "this rules leads out without a reason", "add reason")
        elif rule.reason not in known:
            hint = nearest(rule.reason, known)
            what = f"{rule.reason} is no reason for a reject or to give a lead up{hint}"
            yield Remark(("qualification", "disqualify", at, "reason"), what, "use one of them, or list it")
    usual = ("unable_to_reach",)
    for at, reason in enumerate(agreement.follow_up.only_after_minimum):
        if reason not in agreement.follow_up.disqualify_reasons and reason not in usual:
            what = f"{reason} is no reason to give a lead up"
            yield Remark(("follow_up", "only_after_minimum", at), what, "list it under disqualify_reasons")


def trigger_is_meant(case: Case) -> Remarks:
    """A trigger may be any rule in words; one that is almost a stage is likely to be misspelt."""
    stages = [stage.name for stage in case.agreement.stages]
    trigger = case.agreement.handoff.trigger
    hint = nearest(trigger, stages)
    if trigger not in stages and "did you mean" in hint:
        what = f"{trigger} is no stage{hint}"
        yield Remark(("handoff", "trigger"), what, "write the stage as it is called")


def tracks_are_used(case: Case) -> Remarks:
    tracks, back = case.agreement.nurture.tracks, case.agreement.handoff.return_after
    used = {back.to, *back.reasons.values()}
    for key, track in tracks.items():
        path: Path = ("nurture", "tracks", key)
        if key not in used and not track.start_by_hand:
            allowed = "let a reason of return start it, or sales by hand"
            yield Remark(path, f"nothing ever starts {key}", allowed)
        if not track.steps:
            yield Remark(path, f"{key} sends nothing", "add steps")
    if tracks and back.to is None and not back.reasons:
        what = "returned leads start no track, though there are some"
        yield Remark(("handoff", "return_after"), what, "say handoff.return_after.to, or a track by reason")
