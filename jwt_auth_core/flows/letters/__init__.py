"""Letters: who is written to, what a letter carries, and how what comes back is read."""
