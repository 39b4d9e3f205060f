-- Recurring jobs: when each is due, who runs it under which lease, how its last run ended. Times in microseconds.
CREATE TABLE jobs (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    last_run BIGINT,
    next_run BIGINT NOT NULL,
    last_error TEXT,
    failures BIGINT NOT NULL
);
