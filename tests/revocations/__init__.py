"""The room of revocations: memory, follower, feeds, processes."""
