"""What reps can follow up, how many the plan needs, and who is overloaded when (F12)."""
