"""What the auth app can do, a capability a file or folder: its inputs, its handlers, its operations."""
