"""Two versions against each other: every difference once, in sentences, and who owes more."""
