-- Service clients; of a secret only its SHA-256 digest in base64url, and of the one before while it is good.
CREATE TABLE auth_clients (
    client_id TEXT COLLATE "C" PRIMARY KEY,
    scopes TEXT NOT NULL,
    resources TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    mark TEXT NOT NULL,
    digest TEXT NOT NULL,
    previous_digest TEXT,
    previous_until BIGINT
);
