"""People of both sides: accounts, invitations, absence."""
