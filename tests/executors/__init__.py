"""The executors: threads, batches, steps; and work that waits for a test's word."""
