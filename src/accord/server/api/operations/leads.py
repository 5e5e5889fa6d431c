"""Leads: what stands about them, and what can be done with one. `intake.py` adds how they come in."""

from ninja import Router

router = Router(tags=["Leads"])
