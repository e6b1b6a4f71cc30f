-- What others wrote to users and nobody here has looked at yet; the triggers on users append to it.
CREATE TABLE auth_unadopted (
    ticket INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL
);
