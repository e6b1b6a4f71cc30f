-- One row: when it holds, every row of users was in step with auth_accounts, and a start looks at none of them.
CREATE TABLE auth_adopted (
    place INTEGER PRIMARY KEY CHECK (place = 1),
    rule INTEGER NOT NULL,
    schema_version INTEGER NOT NULL
);
