"""Who is told what and when: notices, digests, channels."""
