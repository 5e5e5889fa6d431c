"""Accord keeps the agreement between a company's marketing and its sales."""

__version__ = "0.1.0"
