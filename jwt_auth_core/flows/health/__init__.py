"""Health: what a process knows of itself, and whether it can serve."""
