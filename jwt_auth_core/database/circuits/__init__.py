"""Circuits: what keeps callers away from a server that keeps silent; one file a driver."""
