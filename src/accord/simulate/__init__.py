"""A simulated company: an invented log whose truth is known, to try Accord with and to test its measures."""
