"""Pages about who gets a lead."""
