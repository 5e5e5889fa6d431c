"""What both sides promise, as data: no clock, no database. `terms` is the whole, `parse` reads it."""
