"""Tests of service clients: their records and their command."""
