"""What managers look at: leads at risk, rejects, disputes, commitments; and what runs by itself."""
