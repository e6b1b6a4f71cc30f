"""The soak: two workers, people, random faults, and what must always hold; `make soak`."""
