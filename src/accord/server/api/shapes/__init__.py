"""What goes over the wire: each answer and each body as a class with its fields described."""
