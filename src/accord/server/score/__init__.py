"""The score of both sides, made by the worker and served as a page."""
