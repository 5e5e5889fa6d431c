"""The server: people, agreements, audit, score and API around the functions that the command line calls."""
