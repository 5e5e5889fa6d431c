"""What is true of a simulated company: the numbers that a measure has to find again.

Shares are those of the model, not of the draw: a share is the mean, over the leads made, of each one's
chance. The drawn count of n leads therefore scatters around it at most as widely as a binomial of n does, so
that an interval of 95 % around the observed share holds the true one about nineteen times in twenty.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstTouchTruth:
    """Sales' answer to one lead type.

    `share_in_time` is kept ÷ (kept + broken) once every lead is due. Kept: first touched within the promised
    time. Broken: touched or rejected after it, or never. Leads rejected within the time are neither.
    `median_seconds` and `shape` are of the log-logistic reaction of a steady rep, in that rep's working time,
    before queues, absence and habits.
    """

    leads: int  # delivered
    kept: float  # expected number
    broken: float
    median_seconds: float
    shape: float

    @property
    def share_in_time(self) -> float | None:
        """None where no lead is expected to be kept or broken."""
        return self.kept / (self.kept + self.broken) if self.kept + self.broken else None


@dataclass(frozen=True)
class StageTruth:
    """One lead type in one stream: the share of each stage that ever reaches the next, and the mean deal won.

    `mql_to_sql` is of all leads delivered, rejected ones included (DOMAIN 5.3).
    """

    leads: int  # delivered
    mql_to_sql: float
    sql_to_opportunity: float
    opportunity_to_proposal: float
    opportunity_to_customer: float
    deal_value: float
    profile: tuple[float, ...]  # share of wins by age at the win, in months of 30 days since delivery (F11)

    @property
    def mql_to_customer(self) -> float:
        return self.mql_to_sql * self.sql_to_opportunity * self.opportunity_to_customer


@dataclass(frozen=True)
class Truth:
    """Everything known. Leads whose type is not on record are left out of what is told by lead type."""

    delivered: int
    first_touch: dict[str, FirstTouchTruth]  # by lead type
    all_first_touch: FirstTouchTruth  # over all delivered leads; its median is that of no single type: 0
    stages: dict[tuple[str, str], StageTruth]  # by lead type and stream
    rejected: dict[str, float]  # share of the delivered leads that sales rejects, by lead type
    tries: tuple[
        float, ...
    ]  # of leads never reached, rejected or opted out: share with 0, 1, 2, … tries by people
    touches: float  # mean over the same leads of tries and voicemails left, without machines' mails
