-- API keys of users; of a key only its SHA-256 digest in base64url. They go with their owner's account.
CREATE TABLE auth_api_keys (
    key_id TEXT COLLATE "C" PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES auth_accounts (user_id) ON DELETE CASCADE ON UPDATE CASCADE,
    digest TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT
);

CREATE INDEX auth_api_keys_user_id ON auth_api_keys (user_id, created_at);
