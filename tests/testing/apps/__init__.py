"""Applications with routes of all kinds; each can be built with one guard forgotten."""
