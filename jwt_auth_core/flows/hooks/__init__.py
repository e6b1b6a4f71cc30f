"""Hooks: what an application registers, and what is done with it."""
