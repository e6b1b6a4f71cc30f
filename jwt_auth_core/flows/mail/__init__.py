"""Mail: a letter is kept as facts with the change that it is about, and made and sent afterwards."""
