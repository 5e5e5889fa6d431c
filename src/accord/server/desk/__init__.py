"""Leads in work: who they are, what happened to them, what is owed, and what people may do with them."""
