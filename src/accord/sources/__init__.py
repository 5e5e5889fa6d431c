"""Exports of other systems: each only turns foreign records into events."""
