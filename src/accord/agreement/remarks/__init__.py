"""What an agreement may say but probably should not, part by part; `agreement.check` has the one table."""
