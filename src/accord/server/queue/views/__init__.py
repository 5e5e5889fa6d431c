"""Pages of a rep's day: they read the request, call an act or a reading, and show the answer."""
