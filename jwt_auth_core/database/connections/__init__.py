"""One open connection to a database, one file for each driver."""
