"""The peers' applications, written as each peer's own documentation does."""
