"""Domains of mail that anybody can have: such an address does not say for whom somebody works (5.9)."""

from accord.agreement.conditions import lists

FREE_MAIL = frozenset(lists.FREE_MAIL)  # the one list, which conditions name too
