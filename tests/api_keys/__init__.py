"""Tests of API keys: their text, the memory of the edge, the command."""
