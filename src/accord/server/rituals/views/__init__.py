"""What people ask of the papers: each view reads the request, calls an act, shows the answer."""
