"""Roles: defining, granting and taking away."""
