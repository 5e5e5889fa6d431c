"""What the API does, a module a subject: each operation calls what pages call, and shows what came of it."""
