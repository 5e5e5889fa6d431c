"""The small language of the conditions that agreements write: `company.employees > 10 and demo_requested`."""
