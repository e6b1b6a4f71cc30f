-- Stays empty: it is how SQLite's start knows that every row of users was looked at.
CREATE TABLE auth_adopted (
    place INTEGER PRIMARY KEY CHECK (place = 1),
    rule INTEGER NOT NULL,
    schema_version BIGINT NOT NULL
);
