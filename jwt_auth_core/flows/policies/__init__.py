"""Policies: who may do what with which object, as the application says it."""
