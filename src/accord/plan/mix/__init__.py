"""The cheapest demand that meets the goal within its limits."""
