-- The state. One text for both engines: TEXT, BIGINT and BLOB only (BLOB is BYTEA on PostgreSQL).
-- Times are microseconds since 1970 UTC, codes are packed (16.13.04 is 161304, 16.13 is 161300),
-- report and incident ids are 26 characters. A statement ends with a semicolon at the end of a line.

CREATE TABLE progress (
    log_partition BIGINT NOT NULL PRIMARY KEY,
    next_offset BIGINT NOT NULL,
    clock BIGINT NOT NULL,
    last_tick BIGINT NOT NULL
);

-- Numbers handed out one by one, and counters. Both only grow or move inside a transaction.
CREATE TABLE serials (name TEXT NOT NULL PRIMARY KEY, last BIGINT NOT NULL);
CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, count BIGINT NOT NULL);

-- One row for each report id; the losers of a shared id are in duplicates.
CREATE TABLE reports (
    id TEXT NOT NULL PRIMARY KEY,
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    code BIGINT NOT NULL,
    regency BIGINT NOT NULL,
    kind TEXT,
    handling TEXT NOT NULL,
    at BIGINT NOT NULL,
    reported_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    late BIGINT NOT NULL,
    history BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    incident TEXT,
    reporter TEXT,
    summary TEXT,
    lat_e6 BIGINT,
    lon_e6 BIGINT,
    hash BLOB NOT NULL,
    packed BLOB NOT NULL
);
CREATE UNIQUE INDEX reports_by_offset ON reports (log_partition, log_offset);
CREATE INDEX reports_by_time ON reports (at, id);
CREATE INDEX reports_by_code ON reports (code, at, id);
CREATE INDEX reports_by_regency ON reports (regency, at, id);
CREATE INDEX reports_by_feed ON reports (feed, at, id);
CREATE INDEX reports_by_incident ON reports (incident);

-- The original bytes of a report, apart: only the page of one report reads them.
CREATE TABLE payloads (id TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL);

-- Records whose id an earlier or smaller one holds. The bytes are kept where they differ.
CREATE TABLE duplicates (
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    id TEXT NOT NULL,
    feed TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    packed BLOB NOT NULL,
    bytes BLOB,
    PRIMARY KEY (log_partition, log_offset)
);
CREATE INDEX duplicates_by_id ON duplicates (id);

CREATE TABLE zero_reports (
    id TEXT NOT NULL PRIMARY KEY,
    code BIGINT NOT NULL,
    village BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL
);
CREATE INDEX zero_reports_by_code ON zero_reports (code, to_at);
CREATE INDEX zero_reports_by_time ON zero_reports (to_at, id);

CREATE TABLE incidents (
    id TEXT NOT NULL PRIMARY KEY,
    code BIGINT NOT NULL,
    regency BIGINT NOT NULL,
    village BIGINT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    at BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    stage TEXT,
    sides BIGINT NOT NULL,
    reports BIGINT NOT NULL,
    dead BIGINT NOT NULL,
    injured BIGINT NOT NULL,
    displaced BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    patrol BIGINT NOT NULL
);
CREATE INDEX incidents_by_time ON incidents (at, id);
CREATE INDEX incidents_by_code ON incidents (code, at, id);
CREATE INDEX incidents_by_regency ON incidents (regency, at, id);

-- Everything ever said of a (unit, kind, horizon), by the received time it was said at.
CREATE TABLE assessments (
    kind TEXT NOT NULL,
    horizon TEXT NOT NULL,
    code BIGINT NOT NULL,
    emitted_at BIGINT NOT NULL,
    risk_ppm BIGINT NOT NULL,
    base_ppm BIGINT NOT NULL,
    baseline_ppm BIGINT NOT NULL,
    level TEXT NOT NULL,
    completeness_ppm BIGINT NOT NULL,
    model TEXT NOT NULL,
    calibrated BIGINT NOT NULL,
    features TEXT NOT NULL,
    contributions TEXT NOT NULL,
    PRIMARY KEY (kind, horizon, code, emitted_at)
);
-- The cells that were ever assessed, and the newest word on each.
CREATE TABLE assessed (
    kind TEXT NOT NULL,
    horizon TEXT NOT NULL,
    code BIGINT NOT NULL,
    emitted_at BIGINT NOT NULL,
    PRIMARY KEY (kind, horizon, code)
);

CREATE TABLE conditions (
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    change TEXT NOT NULL,
    level TEXT NOT NULL,
    since BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    evidence TEXT NOT NULL,
    unverified BIGINT NOT NULL,
    completeness_ppm BIGINT NOT NULL,
    policy TEXT NOT NULL,
    PRIMARY KEY (code, kind)
);

CREATE TABLE memory (
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (code, kind)
);

CREATE TABLE alerts (
    id TEXT NOT NULL PRIMARY KEY,
    code BIGINT NOT NULL,
    regency BIGINT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    state TEXT NOT NULL,
    live BIGINT NOT NULL,
    version BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    assignee TEXT,
    outcome TEXT,
    stale BIGINT NOT NULL,
    cleared_at BIGINT,
    unverified BIGINT NOT NULL
);
CREATE UNIQUE INDEX alerts_one_live ON alerts (code, kind) WHERE live = 1;
CREATE INDEX alerts_live ON alerts (opened_at, id) WHERE live = 1;
CREATE INDEX alerts_by_regency ON alerts (regency, opened_at, id);
CREATE INDEX alerts_by_time ON alerts (opened_at, id);
CREATE INDEX alerts_by_code ON alerts (code, opened_at, id);
CREATE INDEX alerts_by_state ON alerts (state, opened_at, id);

-- Append-only: triggers refuse deletion and every change but emptying the content.
CREATE TABLE alert_history (
    alert TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    reason TEXT NOT NULL,
    content TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (alert, version)
);

CREATE TABLE outbox (
    id BIGINT NOT NULL PRIMARY KEY,
    alert TEXT NOT NULL,
    version BIGINT NOT NULL,
    what TEXT NOT NULL,
    code BIGINT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    at BIGINT NOT NULL,
    done BIGINT NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE done = 0;
CREATE INDEX outbox_by_alert ON outbox (alert, id);

CREATE TABLE deliveries (
    outbox BIGINT NOT NULL,
    person TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    at BIGINT NOT NULL,
    last_error TEXT,
    -- Told to receivers, so that they can drop a repetition; 0 where nothing is to be sent.
    id BIGINT NOT NULL DEFAULT 0,
    -- By the machine's own clock; 0 until the first try.
    next_try_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (outbox, person, channel)
);
CREATE INDEX deliveries_waiting ON deliveries (next_try_at, id) WHERE state = 'queued';
CREATE INDEX deliveries_by_id ON deliveries (id);
-- Every try of every delivery, as it went; error is NULL where it was taken.
CREATE TABLE delivery_tries (
    delivery BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    error TEXT,
    PRIMARY KEY (delivery, number)
);

CREATE TABLE feeds (
    name TEXT NOT NULL PRIMARY KEY,
    class TEXT NOT NULL,
    areas TEXT NOT NULL,
    token_sha256 BLOB NOT NULL,
    enabled BIGINT NOT NULL
);
CREATE UNIQUE INDEX feeds_by_token ON feeds (token_sha256);
-- What was heard, by feed name; also of feeds that only an import named.
CREATE TABLE heard (
    feed TEXT NOT NULL PRIMARY KEY,
    class TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    reported_at BIGINT NOT NULL,
    reports BIGINT NOT NULL,
    dead_letters BIGINT NOT NULL
);

CREATE TABLE dead_letters (
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    feed TEXT NOT NULL,
    class TEXT NOT NULL,
    reason TEXT NOT NULL,
    field TEXT NOT NULL,
    detail TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (log_partition, log_offset)
);
CREATE INDEX dead_letters_by_time ON dead_letters (received_at, log_partition, log_offset);
-- Sealed: the original bytes, read one at a time.
CREATE TABLE dead_letter_bytes (
    log_partition BIGINT NOT NULL,
    log_offset BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (log_partition, log_offset)
);
-- Sealed: who a pseudonym is.
CREATE TABLE identities (reporter TEXT NOT NULL PRIMARY KEY, sealed TEXT NOT NULL);

CREATE TABLE users (
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    areas TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    enabled BIGINT NOT NULL
);
CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    user_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_name);
