"""Whether a lead is ready: scores by the agreement, and what is missing."""
