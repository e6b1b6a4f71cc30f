"""What every auth app does over HTTP, whichever framework mounts it."""
