"""Pages about readiness: what is missing, and the rules."""
