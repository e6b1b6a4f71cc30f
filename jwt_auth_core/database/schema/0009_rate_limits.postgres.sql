-- Buckets of limits, named after rule, rate and a keyed digest; a bucket that is not here is full.
-- The minute from which on a row says nothing changes rarely, so that most updates touch no index.
CREATE TABLE auth_rate_limits (
    bucket TEXT COLLATE "C" PRIMARY KEY,
    full_at BIGINT NOT NULL,
    strikes INTEGER NOT NULL,
    over_minute BIGINT NOT NULL
) WITH (fillfactor = 70);

CREATE INDEX auth_rate_limits_over_minute ON auth_rate_limits (over_minute);
