"""Where a number of the plan comes from, formula by formula (S4.7)."""
