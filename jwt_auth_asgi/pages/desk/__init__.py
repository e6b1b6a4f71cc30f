"""The admin's desk: users, sessions and what else an operator looks at, as HTML made of the admin's API."""
