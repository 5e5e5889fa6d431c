"""The agreement in plain words, and the reference of what can be written."""
