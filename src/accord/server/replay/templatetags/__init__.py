"""Filters of the replays."""
