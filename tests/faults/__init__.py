"""Faults between the application and its servers, made by a proxy that a test steers."""
