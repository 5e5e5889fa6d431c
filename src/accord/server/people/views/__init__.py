"""Pages of people: the list, one person, coming in, one's own."""
