"""What an admin does over HTTP: each use case asks whose the access token is, and how fresh its login."""
