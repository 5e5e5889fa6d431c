"""Pages of intake: sources, what came in, files."""
