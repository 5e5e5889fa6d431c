"""Measures over a whole log, each one SQL file with its grain, unit, meaning and requirement id."""
