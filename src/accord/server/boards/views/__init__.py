"""The boards' pages: each reads the request, calls what decides, shows the answer."""
