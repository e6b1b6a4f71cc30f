"""Variables: what each setting is called in the environment, how its text is read, and its limits."""
