"""Agreement files with their drafts and their chain of signatures, kept in the database."""
