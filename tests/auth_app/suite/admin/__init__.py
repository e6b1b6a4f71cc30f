"""The admin's API over HTTP, on every framework."""
