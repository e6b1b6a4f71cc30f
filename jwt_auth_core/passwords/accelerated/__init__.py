"""What computes hashes better than a library's documented way, where the library is known to allow it."""
