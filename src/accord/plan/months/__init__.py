"""Demand month by month, ahead of the quota, from the cycle profile (S4.21, F11)."""
