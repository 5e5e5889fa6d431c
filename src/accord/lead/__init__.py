"""What can happen to a lead, and what follows from it."""
