"""Whether a server is there, and fit for what we ask of it: one file a driver."""
