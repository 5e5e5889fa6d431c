"""Who gets a lead: rules in order, turns within a pool, capacity and absence, and the dry run."""
