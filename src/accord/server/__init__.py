"""The server: people, agreements, audit, score and API around the same functions that the command line calls."""
