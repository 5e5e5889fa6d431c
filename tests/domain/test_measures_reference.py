"""The page on measures is what their files say."""

from pathlib import Path

from accord.ledger.measures import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "measures.md"
REMEDY = "write what accord.ledger.measures.reference() returns to docs/reference/measures.md"


def test_the_page_on_measures_is_made_from_the_heads_of_their_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), f"make it anew: {REMEDY}"
