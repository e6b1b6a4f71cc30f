"""Second factors: a login that goes on with one, and what enrols and removes them."""
