"""The same log under two agreements: what would have been kept and broken, beside what was."""
