"""The one place where terms and events meet: verdicts. Everything later only counts them."""

from accord.promises.judge import judge
from accord.promises.verdict import PromiseOf, State, Verdict

__all__ = ["PromiseOf", "State", "Verdict", "judge"]
