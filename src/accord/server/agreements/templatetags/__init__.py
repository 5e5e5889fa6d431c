"""What templates of agreements ask."""
