"""Real servers for the tests, started privately from wheels or named by the environment."""
