-- Buckets of limits, named after rule, rate and a keyed digest; a bucket that is not here is full.
CREATE TABLE auth_rate_limits (
    bucket TEXT PRIMARY KEY NOT NULL,
    full_at BIGINT NOT NULL,
    strikes INTEGER NOT NULL,
    over_minute BIGINT NOT NULL
);

CREATE INDEX auth_rate_limits_over_minute ON auth_rate_limits (over_minute);
