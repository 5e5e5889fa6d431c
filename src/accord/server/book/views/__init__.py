"""The book's pages: each reads the request, calls what decides, shows the answer."""
