"""The score as a page, as JSON and in five lines; the agreement as a document. Draws, never computes."""
