"""Cookies of ours, one file each: what it holds, how it is written, cleared and, strictly, read."""
