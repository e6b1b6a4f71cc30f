"""Rows of ``users`` that another application wrote: found in pieces, given an account, or left and named."""
