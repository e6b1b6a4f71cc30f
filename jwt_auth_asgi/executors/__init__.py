"""Where work is done: threads with a bounded queue, batches, steps on the event loop."""
