"""From YAML text to plain values with their places, and the checks that span several parts."""
