"""Agreements made up by hypothesis, as people write them: names fit, shares make a whole."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from accord.agreement.clauses.quantities import show_percent
from accord.agreement.terms import STAGES

# Any script and many signs, but nothing that the reader refuses: controls, surrogates, blanks around.
words = st.text(
    st.one_of(
        st.sampled_from("abz 0:#-'\"{}[],&*!|>%@`~<=?.\\/"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    ),
    min_size=1,
    max_size=12,
).map(lambda text: text.replace("\ufeff", "").strip() or "x")
names = words.filter(lambda name: "_to_" not in name)
texts = st.one_of(
    words, st.just("two\nlines"), st.sampled_from(["no", "null", "~", "<<", "1:30", "2026-01-01"])
)
percents = st.integers(1, 100_000).map(lambda n: show_percent(Fraction(n, 100_000)))
amounts = st.decimals(min_value=1, max_value=10**9, places=2).map(str)
windows = st.tuples(
    st.integers(1, 500), st.sampled_from(["min", "h", "d", "w"]), st.sampled_from(["", " wall"])
)
durations = windows.map(lambda parts: f"{parts[0]} {parts[1]}{parts[2]}")


def wholes(count: int) -> st.SearchStrategy[list[str]]:
    """So many percentages that add up to 100 %."""
    cuts = st.lists(st.integers(1, 999), min_size=count - 1, max_size=count - 1, unique=True).map(sorted)
    return cuts.map(
        lambda at: [show_percent(Fraction(b - a, 1000)) for a, b in zip([0, *at], [*at, 1000], strict=True)]
    )


@st.composite
def chains(draw: st.DrawFn) -> dict[str, str]:
    """Rates that lead from some stage to the last without a gap."""
    inner = draw(st.lists(st.sampled_from(STAGES[:-1]), min_size=1, unique=True))
    stops = [*sorted(inner, key=STAGES.index), STAGES[-1]]
    return {f"{a}_to_{b}": draw(percents) for a, b in pairwise(stops)}


@st.composite
def written_agreements(draw: st.DrawFn) -> dict[str, Any]:
    """An agreement as a mapping of text, as somebody would write it."""
    streams = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    kinds = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    people = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    shares = draw(wholes(len(streams)))
    mixes = {stream: draw(wholes(len(kinds))) for stream in streams} if draw(st.booleans()) else {}
    raw: dict[str, Any] = {"accord": "1", "name": draw(texts), "term": "2026-01-01"}
    raw["goal"] = {"revenue": draw(amounts), "streams": {}}
    for stream, share in zip(streams, shares, strict=True):
        raw["goal"]["streams"][stream] = {
            "share": share,
            "deal_value": draw(amounts),
            "cycle": draw(durations),
        }
    raw["lead_types"] = {
        kind: {
            "streams": {
                stream: {**({"mix": mixes[stream][at]} if mixes else {}), **draw(chains())}
                for stream in streams
            }
        }
        for at, kind in enumerate(kinds)
    }
    raw["people"] = {
        who: {
            "side": draw(st.sampled_from(["marketing", "sales", "operations", "viewer"])),
            "name": draw(texts),
        }
        for who in people
    }
    raw["contacts"] = {draw(texts): draw(st.sampled_from(people))}
    raw["definitions"] = draw(st.dictionaries(texts, texts, max_size=3))
    raw["follow_up"] = {
        "first_touch": draw(st.dictionaries(st.sampled_from([*kinds, "default"]), durations)),
        "minimum_gap": draw(durations),
    }
    raw["handoff"] = {
        "minimum_information": draw(st.lists(texts, max_size=3)),
        "accept_within": draw(durations),
    }
    raw["assumptions"] = draw(st.lists(texts, max_size=2))
    if draw(st.booleans()):
        target = draw(percents)
        raw["promises"] = [{"id": draw(texts), "side": "sales", "measure": "cadence_kept", "target": target}]
    return raw
