"""A provider on another site, in a real browser."""
