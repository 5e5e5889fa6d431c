"""A first agreement from eight questions and a template."""
