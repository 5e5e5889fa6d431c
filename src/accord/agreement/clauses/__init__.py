"""The parts of an agreement as frozen values: terms, people, goals, funnels, hand-over, hours."""
