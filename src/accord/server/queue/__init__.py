"""A rep's day: the queue of what is due, and the card of one lead."""
