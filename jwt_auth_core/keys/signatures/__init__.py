"""Signatures of asymmetric keys, checked: one file a driver."""
