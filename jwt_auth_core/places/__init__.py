"""Places: where in the world an address is, in words, where somebody gives a file that knows."""
