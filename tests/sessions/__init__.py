"""Tests of the refresh sessions."""
