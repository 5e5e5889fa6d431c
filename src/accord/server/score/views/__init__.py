"""Pages of the score: they read the address, take what is kept, and show it."""
