"""From the quota to the leads it needs, and where they stand against the goal line: exact arithmetic only."""
