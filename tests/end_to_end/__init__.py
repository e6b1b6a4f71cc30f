"""Whole applications behind real servers, driven over HTTP."""
