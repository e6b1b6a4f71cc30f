"""Clusters: clients of stores that are spread over several servers."""
